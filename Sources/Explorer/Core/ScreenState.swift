// The parts of the state that belong to screens, each reached by its type: so a screen brings its
// own part, and `State` does not have to know of it.

/// What a screen remembers; it begins as `init()` makes it.
package protocol ScreenState: Sendable {
  init()
}

/// All parts by their types. Copies share them until one is changed.
struct ScreenStates: Sendable {
  private var parts: [ObjectIdentifier: any ScreenState] = [:]

  subscript<Part: ScreenState>(type: Part.Type) -> Part {
    get { parts[ObjectIdentifier(type)] as? Part ?? Part() }
    _modify {
      // Taken out, so that its arrays are changed where they are.
      var part = parts.removeValue(forKey: ObjectIdentifier(type)) as? Part ?? Part()
      defer { parts[ObjectIdentifier(type)] = part }
      yield &part
    }
  }
}

extension State {
  /// The part of a screen: `state[ItemsState.self]`.
  package internal(set) subscript<Part: ScreenState>(type: Part.Type) -> Part {
    get { screenStates[type] }
    _modify { yield &screenStates[type] }
  }
}
