// The explorer without a terminal: a script's keys go through `update`, and the work they ask for
// is done at once, on this thread. So every step finds the explorer idle, nothing is waited for,
// and the same script does the same each time.

import Canvas

/// The size of the screen in cells, for callers that know the explorer and not the canvas.
public typealias ScreenSize = Size

/// Runs scripts.
public struct ScriptRunner: Sendable {
  private let performer: any WorkPerformer

  public init(performer: some WorkPerformer) { self.performer = performer }

  /// Presses the script's keys and returns the state after the last one, or after the one that
  /// quit.
  ///
  /// - Parameter save: is given each screen that `:save-screen` asks for: its path and its text
  ///   (with styles when the path ends in `.cells`).
  /// - Throws: `ScriptError` when `save` throws, with the line of the step.
  public func run(
    _ script: Script, from state: State, size: Size,
    save: (_ path: String, _ text: String) throws -> Void
  ) throws(ScriptError) -> State {
    var state = settle(state, .resize(size))
    for (line, step) in script.steps {
      if state.isFinished { break }
      switch step {
      case .key(let key): state = settle(state, .key(key))
      case .type(let text):
        for character in text { state = settle(state, .key(.character(character))) }
      case .resize(let size): state = settle(state, .resize(size))
      case .saveScreen(let path):
        let grid = view(state, state.size)
        do {
          try save(path, path.hasSuffix(".cells") ? grid.annotatedText : grid.text)
        } catch {
          throw ScriptError(line: line, text: "\(path) could not be written: \(error)")
        }
      }
    }
    return state
  }

  /// Takes one event in and does all work that comes of it.
  public func settle(_ state: consuming State, _ event: Event) -> State {
    var (next, work) = update(state, event)
    var rest = work[...]
    while let first = rest.popFirst() {
      guard case .start(let ticket, let request) = first else { continue }
      let result = performer.perform(request) { _ in true }
      (next, work) = update(next, .finished(ticket, result))
      rest += work
    }
    return next
  }
}
