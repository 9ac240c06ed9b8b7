// The loop: wait for keys or answers, take in all of them, draw once. Everything else is
// somewhere else.

import CNcursesw
import Canvas
import Explorer

/// Shows the explorer on the terminal until the user quits or a signal ends it.
///
/// Standard input and output must be a terminal. It is given back as it was (modes, screen,
/// cursor) on every way out: quitting, SIGTERM, SIGHUP, crashes. Work still under way is cancelled
/// and waited for. Ctrl-C and SIGINT cancel work and never quit.
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
  var redraws = state.redraws
  var events: [Event] = [.resize(screen.size)]
  var end = ExplorerEnd.quit
  loop: while true {
    if !events.isEmpty {
      let (next, work) = update(state, events)
      state = next
      queue.take(work)
      events.removeAll()
      if state.isFinished { break }
      if state.redraws != redraws {
        redraws = state.redraws
        screen.forget()
      }
      screen.show(view(state, screen.size))
    }
    let isGone = waitForInput(queue.descriptor)
    let request = CrashGuard.takeRequest()
    switch request {
    case 0: break
    case SIGINT: events.append(.key(.control("c")))
    default:
      end = .signal(request)
      break loop
    }
    events += queue.collect()
    reading: while true {
      switch readKey() {
      case .key(let key): events.append(.key(key))
      case .resized: events.append(.resize(screen.size))
      case .noise: continue
      case .nothing: break reading
      }
    }
    if isGone, events.isEmpty {
      end = .signal(SIGHUP)
      break
    }
  }
  screen.end()
  queue.finish()
  return (state, end)
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
