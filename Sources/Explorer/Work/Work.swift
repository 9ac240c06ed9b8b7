// Slow things, as values. `update` never reads a file: it says what it wants to know, with a
// ticket, and goes on. Whoever runs the loop lets a `WorkPerformer` do it elsewhere and brings the
// answer back as an event. A newer request of a kind replaces the older one, whose answer, should
// it still come, is dropped by its ticket.

import Pruning
import Workspace

/// The number of one request; later ones are larger.
public struct Ticket: Hashable, Comparable, Sendable {
  public let number: UInt64

  public init(number: UInt64) { self.number = number }

  public static func < (a: Ticket, b: Ticket) -> Bool { a.number < b.number }
}

/// What the loop has to do beside itself.
public enum Work: Sendable, Equatable {
  /// Perform the request; a running one of the same kind is no longer of interest.
  case start(Ticket, Request)
  /// The answer is no longer wanted: stop soon, and answer `cancelled`.
  case cancel(Ticket)

  /// Requests of one kind replace each other.
  public enum Kind: Hashable, Sendable, CaseIterable {
    case labels, names, inspect, commit, detail, neighbours, items, turnover, history, draft, find
    case places, seek, search

    /// Those that fill the screen by themselves, whenever something is missing on it.
    static let pages: [Kind] = [
      .labels, .names, .detail, .neighbours, .items, .turnover, .history, .places,
    ]
  }

  /// A question to the world.
  public enum Request: Sendable, Equatable {
    /// What to call these concepts: the caption of the row nearest the centroid.
    case labels(concepts: [Int])
    /// What to call all of the first `count` concepts.
    case names(count: Int)
    /// The histogram and some rows of a concept.
    case detail(DetailQuestion)
    /// The rows of some ranks of a concept.
    case items(ItemsQuestion)
    /// The concepts whose centroids are nearest to a concept's.
    case neighbours(of: Int, count: Int)
    /// How many rows enter and leave between two plans.
    case turnover(TurnoverQuestion)
    /// What lies where these lists would be written, and whether the plan can be stored.
    case inspect([Output])
    /// Write keep lists of a plan and store the plan.
    case commit(CommitOrder)
    /// Every plan that was committed.
    case history
    /// Store a plan as the draft, in place of what is there.
    case saveDraft(Plan)
    case removeDraft
    /// A part of a search through keys and captions of the whole data set.
    case find(FindQuestion)
    /// Which concepts some rows are in, and at which ranks.
    case places(PlacesQuestion)
    /// The row of a key, and where it is.
    case seek(SeekQuestion)
    /// A part of a search through the captions of a concept.
    case search(SearchQuestion)

    public var kind: Kind {
      switch self {
      case .labels: .labels
      case .names: .names
      case .detail: .detail
      case .neighbours: .neighbours
      case .items: .items
      case .turnover: .turnover
      case .inspect: .inspect
      case .commit: .commit
      case .history: .history
      case .saveDraft, .removeDraft: .draft
      case .find: .find
      case .places: .places
      case .seek: .seek
      case .search: .search
      }
    }
  }

  /// An answer.
  public enum Result: Sendable, Equatable {
    /// By concept; a concept without rows is missing.
    case labels([Int: String])
    case names(ConceptLabels)
    case detail(DetailPage)
    case items(ItemsPage)
    /// Nearest first.
    case neighbours([Neighbour])
    case turnover(Turnover)
    case inspected(Inspection)
    case committed(Commit)
    /// The last one first.
    case history([HistoryEntry])
    /// The draft is as was asked.
    case draftChanged
    case found(FindPage)
    /// By row, each that was asked for.
    case placed([Int: Whereabouts])
    /// Nil when no key is or begins with what was asked.
    case sought(FoundRow?)
    /// The rank of the first match in the direction of the search; nil when this part has none.
    case searched(Int?)
    /// It was given up, and nothing was changed.
    case cancelled
    /// It could not be done; the text says what was wrong, where, and what to do.
    case failed(String)
  }
}

/// Does the slow things. One call a request, each on a thread of its own.
public protocol WorkPerformer: Sendable {
  /// Performs one request and returns its answer.
  ///
  /// - Parameter progress: to be called now and then with the part that is done, 0...1; when it
  ///   returns false the work is to be given up, nothing left behind, and `cancelled` returned.
  func perform(_ request: Work.Request, progress: (Double) -> Bool) -> Work.Result
}
