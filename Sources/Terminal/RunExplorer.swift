// The loop: wait for keys or answers, take in all of them, draw once. Everything else is
// somewhere else.

import CNcursesw
import Explorer
import Glibc

/// Shows the explorer on the terminal until the user quits or a signal ends it.
///
/// Standard input and output must be a terminal. It is given back as it was (modes, screen,
/// cursor, mouse) on every way out: quitting, SIGTERM, SIGHUP, crashes. Work still under way is
/// cancelled and waited for. Ctrl-C and SIGINT cancel work and never quit.
///
/// - Returns: the signal that asked for the end (SIGTERM, SIGHUP; SIGHUP when the terminal went
///   away); nil when the user quit. By custom the program ends with 128 and this number.
/// - Throws: `TerminalError` when the terminal cannot be used; nothing has changed then.
@MainActor
public func runExplorer(
  state: consuming State, performer: some WorkPerformer, options: TerminalOptions
) throws(TerminalError) -> Int32? {
  let queue = try WorkQueue(performer)
  // Before the handlers are there, so that no request for the end goes unheard.
  CrashGuard.wake(queue.descriptor)
  defer { CrashGuard.wake(-1) }
  var screen = try CursesScreen(options)
  var decoder = InputDecoder()
  var events: [Event] = [.resize(screen.size)]
  var end: Int32?
  while true {
    if !events.isEmpty {
      let (redraws, suspensions) = (state.redraws, state.suspensions)
      let copies = state.clipboard.copies
      let (next, work) = update(state, events)
      state = next
      queue.hand(work)
      events.removeAll()
      if state.isFinished { break }
      if state.suspensions != suspensions {
        screen.suspend()
        events.append(.resize(screen.size))
      }
      if state.redraws != redraws { screen.forget() }
      if state.clipboard.copies != copies, !screen.copy(state.clipboard.text) {
        events.append(.copyRefused)
      }
      screen.show(view(state, screen.size))
      if !events.isEmpty { continue }
    }
    let isGone = waitForInput(queue.descriptor)
    let notes = CrashGuard.takeNotes()
    if notes.end != 0 {
      end = notes.end
      break
    }
    if notes.interrupt != 0 { events.append(.key(.control("c"))) }
    if notes.stop != 0 { events.append(.key(.control("z"))) }
    if notes.goOn != 0 {
      screen.comeBack()
      events.append(.resize(screen.size))
    }
    events += queue.collect()
    readEvents(&decoder, screen, &events)
    if isGone, events.isEmpty {
      end = SIGHUP
      break
    }
  }
  screen.end()
  queue.finish()
  return end
}

private func readEvents(
  _ decoder: inout InputDecoder, _ screen: borrowing CursesScreen, _ events: inout [Event]
) {
  while true {
    guard let input = readTerminal() else {
      events.append(.resize(screen.size))
      continue
    }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let event = decoder.take(input, time: now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
    if let event { events.append(event) }
    if input == .pause { return }
  }
}

/// Reads the next thing, without waiting; nil when the size of the screen has changed.
private func readTerminal() -> Input? {
  var value: UInt32 = 0
  switch winnow_read(&value) {
  case Int32(winnow_read_character): return .character(value)
  case Int32(winnow_read_key):
    let code = Int32(bitPattern: value)
    return code == KEY_RESIZE ? nil : .special(key(of: code))
  default: return .pause
  }
}

private func key(of code: Int32) -> KeyPress? {
  switch code {
  case KEY_UP: .up
  case KEY_DOWN: .down
  case KEY_LEFT: .left
  case KEY_RIGHT: .right
  case KEY_PPAGE: .pageUp
  case KEY_NPAGE: .pageDown
  case KEY_HOME: .home
  case KEY_END: .end
  case KEY_ENTER: .enter
  case KEY_BACKSPACE: .backspace
  case KEY_DC: .delete
  case KEY_BTAB: .backTab
  default: (1...12).first { winnow_key_function(UInt32($0)) == code }.map { .function($0) }
  }
}

/// Waits until a key or an answer is there, or a signal came; true when the terminal is gone.
private func waitForInput(_ descriptor: Int32) -> Bool {
  var watched = [
    pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
    pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
  ]
  // A negative answer is a signal: a resize, which the next read reports, or a request to end.
  guard poll(&watched, 2, -1) > 0 else { return false }
  return watched[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
}

/// How to show the explorer; the command reads the environment, not this room.
public struct TerminalOptions: Sendable, Equatable {
  /// The value of `TERM`.
  public var term: String?
  /// Whether to do without colours (`NO_COLOR` is set and not empty).
  public var withoutColours: Bool
  /// Whether to ask the terminal for the mouse; without, it keeps the mouse for itself.
  public var wantsMouse: Bool

  public init(term: String?, withoutColours: Bool, wantsMouse: Bool) {
    self.term = term
    self.withoutColours = withoutColours
    self.wantsMouse = wantsMouse
  }
}
