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
/// - Returns: the last state and why it was the last.
/// - Throws: `TerminalError` when the terminal cannot be used; nothing has changed then.
@MainActor
public func runExplorer(
  state: consuming State, performer: some WorkPerformer, options: TerminalOptions
) throws(TerminalError) -> (State, ExplorerEnd) {
  let queue = try WorkQueue(performer)
  // Before the handlers are there, so that no request for the end goes unheard.
  CrashGuard.wake(queue.descriptor)
  defer { CrashGuard.wake(-1) }
  var screen = try CursesScreen(options)
  var shown = Wishes(state)
  var decoder = InputDecoder()
  var events: [Event] = [.resize(screen.size)]
  var end = ExplorerEnd.quit
  loop: while true {
    if !events.isEmpty {
      let (next, work) = update(state, events)
      state = next
      queue.hand(work)
      events.removeAll()
      if state.isFinished { break }
      let wishes = Wishes(state)
      if wishes.suspensions != shown.suspensions {
        screen.suspend()
        events.append(.resize(screen.size))
      }
      if wishes.redraws != shown.redraws { screen.forget() }
      if wishes.copies != shown.copies, !screen.copy(state.clipboard.text) {
        events.append(.copyRefused)
      }
      shown = wishes
      screen.show(view(state, screen.size))
      if !events.isEmpty { continue }
    }
    let isGone = waitForInput(queue.descriptor)
    let notes = CrashGuard.takeNotes()
    if notes.end != 0 {
      end = .signal(notes.end)
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
      end = .signal(SIGHUP)
      break
    }
  }
  screen.end()
  queue.finish()
  return (state, end)
}

/// What the state wants of the terminal beside a picture, as counts that only grow.
private struct Wishes {
  let redraws, suspensions, copies: Int

  init(_ state: borrowing State) {
    redraws = state.redraws
    suspensions = state.suspensions
    copies = state.clipboard.copies
  }
}

/// Reads all that is there.
private func readEvents(
  _ decoder: inout InputDecoder, _ screen: borrowing CursesScreen, _ events: inout [Event]
) {
  while true {
    switch readTerminal() {
    case .resized: events.append(.resize(screen.size))
    case .input(let input):
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      let event = decoder.take(input, time: now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
      if let event { events.append(event) }
      if input == .pause { return }
    }
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
