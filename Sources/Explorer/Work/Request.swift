// A request of work: what is asked, how a workspace answers it, and what becomes of the answer. It
// is one type in one file, beside the screen that asks; the type is also its kind.

/// A question to the world. A newer request of the same type takes the place of an older one.
public protocol Request: Sendable, Equatable {
  associatedtype Answer: Sendable, Equatable

  /// Reads or writes what was asked for, beside the loop; nil when it was given up.
  func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Answer?
  func receive(_ answer: Answer, _ state: inout State)
  /// Takes in that there is no answer; the reason is shown anyway.
  func fail(_ reason: String, _ state: inout State)
  /// Takes in that the work ended because it was given up.
  func endCancelled(_ state: inout State)
  /// Takes in that the user stopped it.
  func stop(_ state: inout State)
  /// The part that was done before it began, of a search in parts.
  func partBefore(_ state: State) -> Double

  /// Whether a screen asks for it by itself, whenever something is missing on it.
  static var fillsScreen: Bool { get }
  /// Whether it follows the cursor, so that it waits until the cursor rests.
  static var followsCursor: Bool { get }
  /// What the bottom of the screen says while it is under way.
  static var notice: String? { get }
  /// What stopping it says, where it answers for itself because it may be too late.
  static var stopNotice: String? { get }
}

extension Request {
  public func fail(_ reason: String, _ state: inout State) {}
  public func endCancelled(_ state: inout State) {}
  public func stop(_ state: inout State) {}
  public func partBefore(_ state: State) -> Double { 0 }
  public static var fillsScreen: Bool { false }
  public static var followsCursor: Bool { false }
  public static var notice: String? { nil }
  public static var stopNotice: String? { nil }

  static var kind: ObjectIdentifier { ObjectIdentifier(Self.self) }

  fileprivate func end(_ result: Work.Result, _ state: inout State) {
    switch result {
    case .answer(let answer as Answer): receive(answer, &state)
    case .answer:
      state.warn("\(Self.self) got the wrong kind of answer; please report this")
    case .cancelled: endCancelled(&state)
    case .failed(let reason):
      fail(reason, &state)
      state.warn(reason)
    }
  }
}

/// A request under way.
package struct Running: Sendable {
  let ticket: Ticket
  let request: any Request
  /// 0...1; nil until the work has said so.
  var progress: Double?
}

extension State {
  /// The request of a type that is under way.
  package func running<Kind: Request>(_ type: Kind.Type) -> Kind? {
    running[type.kind]?.request as? Kind
  }

  /// Asks for `request`; one of the same kind that is under way is given up.
  mutating func start<Kind: Request>(_ request: Kind) {
    giveUp(Kind.self)
    lastTicket += 1
    running[Kind.kind] = Running(ticket: lastTicket, request: request)
    outbox.append(.start(lastTicket, request))
  }

  /// Gives up what is under way of a kind.
  mutating func giveUp<Kind: Request>(_ type: Kind.Type) {
    guard let older = running.removeValue(forKey: type.kind) else { return }
    outbox.append(.cancel(older.ticket))
  }

  /// Gives up what is under way; the explorer itself goes on.
  mutating func cancelWork() {
    guard !running.isEmpty else { return say("nothing is under way; q quits") }
    var notice = "cancelled"
    for (kind, work) in running.sorted(by: { $0.value.ticket < $1.value.ticket }) {
      outbox.append(.cancel(work.ticket))
      work.request.stop(&self)
      if Swift.type(of: work.request).fillsScreen { pagesWait = true }
      if let late = Swift.type(of: work.request).stopNotice {
        notice = late
      } else {
        running[kind] = nil
      }
    }
    say(notice)
  }

  mutating func note(progress: Double, of ticket: Ticket) {
    for (kind, work) in running where work.ticket == ticket {
      running[kind]?.progress = progress
    }
  }

  /// Takes an answer in, unless a newer request has taken its place.
  mutating func receive(_ result: Work.Result, for ticket: Ticket) {
    guard let (kind, work) = running.first(where: { $0.value.ticket == ticket }) else { return }
    running[kind] = nil
    work.request.end(result, &self)
  }
}
