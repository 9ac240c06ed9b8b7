// The explorer's one function: what a moment and an event make of it. It is pure; the loop, the
// script runner and the tests all turn it the same way.

/// The state after `event`, and the work that it asks for, in order.
///
/// Pure: the same state and event give the same answer.
/// - Complexity: O(1) for keys that move, O(k) for keys that change the plan or the order.
public func update(_ state: consuming State, _ event: Event) -> (State, [Work]) {
  update(state, [event])
}

/// The state after all of `events`, and the work that is still wanted then.
///
/// Pages are asked for once, after the last event: 500 keys that came at once ask for the
/// captions of one screen.
public func update(_ state: consuming State, _ events: [Event]) -> (State, [Work]) {
  state.keepHeader()
  for event in events { state.apply(event) }
  state.keepHeader()
  state.prepareScreen()
  let work = state.outbox
  state.outbox = []
  return (state, work)
}

extension State {
  /// Where keys go now.
  public var context: Context {
    overlay?.context ?? screen
  }

  mutating func apply(_ event: Event) {
    guard !isFinished else { return }
    switch event {
    case .key(let key):
      message = nil
      pagesWait = false
      press(key)
    case .mouse(let mouse):
      message = nil
      pagesWait = false
      apply(mouse)
    case .paste(let text):
      message = nil
      paste(text)
    case .copyRefused:
      warn("this terminal does not accept copied text; hold Shift to select with the mouse")
    case .resize(let size):
      self.size = size
      showCursor()
      scrollHelp(0)
    case .progress(let ticket, let part):
      note(progress: part, of: ticket)
    case .finished(let ticket, let result):
      receive(result, for: ticket)
    }
  }

  /// Brings the screen up to date, and asks for all that it lacks.
  mutating func prepareScreen() {
    shownScreen.prepare(&self)
    requestDetail()
    requestNames()
  }

  mutating func press(_ key: KeyPress) {
    if let action = Actions.action(for: key, in: context) {
      switch action.isAvailable(self) {
      case .yes: action.effect(&self)
      case .no(let reason): warn(reason)
      }
      return
    }
    if case .character(let character) = key, type(String(character)) { return }
    if overlay == nil { warn("\(key.text) does nothing here; ? shows all keys") }
  }
}
