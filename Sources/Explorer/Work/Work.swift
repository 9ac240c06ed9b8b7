// Slow things, as values. `update` never reads a file: it says what it wants to know, with a
// ticket, and goes on. Whoever runs the loop lets a `WorkPerformer` do it elsewhere and brings the
// answer back as an event. A newer request of a kind replaces the older one, whose answer, should
// it still come, is dropped by its ticket.

/// The number of one request; later ones are larger.
public typealias Ticket = UInt64

/// What the loop has to do beside itself.
public enum Work: Sendable {
  /// Perform the request; a running one of the same kind is no longer of interest.
  case start(Ticket, any Request)
  /// The answer is no longer wanted: stop soon, and answer `cancelled`.
  case cancel(Ticket)

  /// What came of a request.
  public enum Result: Sendable, Equatable {
    /// Of the request's own type of answer.
    case answer(any Equatable & Sendable)
    /// It was given up, and nothing was changed.
    case cancelled
    /// It could not be done; the text says what was wrong, where, and what to do.
    case failed(String)

    public static func == (a: Result, b: Result) -> Bool {
      switch (a, b) {
      case (.answer(let a), .answer(let b)): isEqual(a, b)
      case (.cancelled, .cancelled): true
      case (.failed(let a), .failed(let b)): a == b
      default: false
      }
    }
  }
}

private func isEqual<A: Equatable>(_ a: A, _ b: any Equatable) -> Bool { b as? A == a }

/// To be called now and then with the part that is done, 0...1; when it returns false the work is to
/// be given up, and nothing left behind.
public typealias Progress = (Double) -> Bool

/// Does the slow things. One call a request, each on a thread of its own.
public protocol WorkPerformer: Sendable {
  /// Performs one request and returns its answer.
  func perform(_ request: some Request, progress: Progress) -> Work.Result
}
