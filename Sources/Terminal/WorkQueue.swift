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

  private struct Mailbox {
    var events: [Event] = []
    /// Tickets under way, and whether they were cancelled.
    var isCancelled: [Ticket: Bool] = [:]
  }

  init(_ performer: any WorkPerformer) throws(TerminalError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard descriptor >= 0 else {
      throw .refused("no eventfd: \(String(cString: strerror(errno)))")
    }
    self.performer = performer
  }

  deinit { close(descriptor) }

  /// Starts or cancels.
  func take(_ work: [Work]) {
    for item in work {
      switch item {
      case .start(let ticket, let request): start(ticket, request)
      case .cancel(let ticket): cancel(ticket)
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
      for ticket in box.isCancelled.keys { box.isCancelled[ticket] = true }
    }
    queue.sync(flags: .barrier) {}
  }

  private func start(_ ticket: Ticket, _ request: Work.Request) {
    mailbox.withLock { $0.isCancelled[ticket] = false }
    queue.async { [self] in
      let result = performer.perform(request) { part in
        let goesOn = mailbox.withLock { $0.isCancelled[ticket] == false }
        if goesOn { post(.progress(ticket, part)) }
        return goesOn
      }
      mailbox.withLock { $0.isCancelled[ticket] = nil }
      post(.finished(ticket, result))
    }
  }

  private func cancel(_ ticket: Ticket) {
    mailbox.withLock { box in
      if box.isCancelled[ticket] != nil { box.isCancelled[ticket] = true }
    }
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
