// Work beside the loop. Each request runs on a Dispatch queue; its answers wait in a mailbox, and
// an eventfd wakes the loop to collect them. Cancelling sets a flag that the work looks at; an
// answer that nobody waits for any more is dropped by its ticket in `update`.

import CNcursesw
import Dispatch
import Explorer
import Glibc
import Synchronization

final class WorkQueue: Sendable {
  /// Readable while answers wait.
  let descriptor: Int32
  private let performer: any WorkPerformer
  private let queue = DispatchQueue(label: "winnow.explorer.work", attributes: .concurrent)
  private let mailbox = Mutex(Mailbox())

  /// How long a pane that follows the cursor waits: whoever runs through the concepts reads none of
  /// them, and the frame of the key itself is not held up by reading.
  private static let pause = DispatchTimeInterval.milliseconds(5)

  private struct Mailbox {
    var events: [Event] = []
    var running: [Ticket: RunState] = [:]
  }

  private struct RunState {
    var isCancelled = false
    /// What was said last; less than a hundredth more is no news.
    var part = 0.0
  }

  init(_ performer: any WorkPerformer) throws(TerminalError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard descriptor >= 0 else {
      throw .refused("no eventfd: \(String(cString: strerror(errno)))")
    }
    self.performer = performer
  }

  deinit { close(descriptor) }

  func hand(_ work: [Work]) {
    for item in work {
      switch item {
      case .start(let ticket, let request): start(ticket, request)
      case .cancel(let ticket): mailbox.withLock { $0.running[ticket]?.isCancelled = true }
      }
    }
  }

  /// The events that have come since the last call.
  func collect() -> [Event] {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
    return mailbox.withLock { box in
      defer { box.events.removeAll() }
      return box.events
    }
  }

  /// Asks all work to stop, and waits until it has.
  func finish() {
    mailbox.withLock { box in
      for ticket in box.running.keys { box.running[ticket]?.isCancelled = true }
    }
    queue.sync(flags: .barrier) {}
  }

  private func start(_ ticket: Ticket, _ request: some Request) {
    mailbox.withLock { $0.running[ticket] = RunState() }
    let work: @Sendable () -> Void = { [self] in perform(request, ticket) }
    if type(of: request).followsCursor {
      queue.asyncAfter(deadline: .now() + Self.pause, execute: work)
    } else {
      queue.async(execute: work)
    }
  }

  private func perform(_ request: some Request, _ ticket: Ticket) {
    let isWanted = mailbox.withLock { $0.running[ticket]?.isCancelled == false }
    let result = isWanted ? performer.perform(request) { note($0, ticket) } : .cancelled
    mailbox.withLock { $0.running[ticket] = nil }
    post(.finished(ticket, result))
  }

  /// Tells the loop how far work is; false when it is to stop.
  private func note(_ part: Double, _ ticket: Ticket) -> Bool {
    let (goesOn, isNews) = mailbox.withLock { box in
      guard let known = box.running[ticket], !known.isCancelled else { return (false, false) }
      guard part >= known.part + 0.01 else { return (true, false) }
      box.running[ticket]?.part = part
      return (true, true)
    }
    if isNews { post(.progress(ticket, part)) }
    return goesOn
  }

  private func post(_ event: Event) {
    mailbox.withLock { box in
      // Of the progress of one ticket only the last word counts.
      if case .progress(let ticket, _) = event, case .progress(ticket, _)? = box.events.last {
        box.events.removeLast()
      }
      box.events.append(event)
    }
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }
}
