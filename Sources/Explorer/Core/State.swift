// All that the explorer knows, as one value. Events change it in `update`, screens read it in
// `view`; there is nothing else to know. Large parts (scores, quotas, the order of the table) are
// arrays that copies share, so that keeping an old state costs nothing.

import Canvas
import Pruning

/// The explorer at one moment.
public struct State: Sendable {
  public let subject: Subject
  let solver: QuotaSolver
  /// The rows of the largest concept: how wide a column of counts has to be.
  let largestSize: Int
  let fixedRanks: FixedRanks

  // The plan and what follows from it.
  /// The plan on the screen; always one that the solver accepted.
  public internal(set) var plan: Plan
  /// Its quotas; their sum is the plan's target.
  public internal(set) var quotas: Quotas
  /// What the preview compares with.
  public internal(set) var baseline: Baseline
  public internal(set) var counts: PlanCounts
  /// The last committed plan of the workspace, if there is one.
  public internal(set) var committed: CommittedState?
  /// The plan that the explorer opened with.
  public let opening: Plan
  var undoStack = UndoStack()

  // The table.
  package internal(set) var table: Table

  /// The concepts that are marked; what is done to one is done to all of them.
  package internal(set) var marks: RowSet

  // What is on the screen.
  /// The cells of the screen; the loop says so before the first key.
  public internal(set) var size = Size(width: 120, height: 36)
  /// The screen that keys go to, unless something lies above it.
  public internal(set) var screen = Screens.all[0].context
  /// What lies above the screen: a prompt, a menu, a dialogue, the help.
  var overlay: Overlay?
  /// The last message; the next key takes it away.
  public internal(set) var message: Message?

  // The world outside.
  /// What a commit writes, and where.
  public internal(set) var outputs: Outputs
  /// What the log shall say beside the next commit.
  var commitNote = ""
  /// The plan that an earlier session left, or this one saved, without committing it.
  package internal(set) var draft: Plan?
  /// Why neither plans nor drafts can be stored, and what to do; nil when they can.
  let storeObstacle: String?
  /// The names of all concepts, once they are read.
  package internal(set) var names: ConceptLabels?
  /// Whether reading them has failed, so that it is not tried again.
  var hasNoNames = false
  /// Until then: the names that events have brought, by concept.
  var labels: [Int: String] = [:]
  // What each screen remembers.
  var detail = DetailState()
  package internal(set) var items = ItemsState()
  package internal(set) var shift = ShiftState()
  package internal(set) var map = MapState()
  var history = HistoryState()
  package internal(set) var finding = FindState()
  /// Work that is under way, by kind.
  package internal(set) var running: [ObjectIdentifier: Running] = [:]
  /// Whether what fills the screen waits for the next key, because Ctrl-C stopped it.
  var pagesWait = false
  var lastTicket: Ticket = 0
  /// Work that the current event asks for; `update` hands it out.
  var outbox: [Work] = []
  /// How often the screen was to be written anew, because something else had drawn on it.
  public internal(set) var redraws = 0
  /// How often the explorer was to stop until the shell continues it.
  public internal(set) var suspensions = 0
  /// What was copied last.
  public internal(set) var clipboard = Clipboard()
  /// The header as it was drawn last.
  var header: Header?
  /// Whether the last click acted as Enter, so that its twin does not act again.
  var hasClickActed = false
  /// Set when the explorer is done.
  public internal(set) var isFinished = false

  /// Opens a workspace.
  ///
  /// - Parameters:
  ///   - plan: the plan to begin with; nil for the last committed one, or else for the opening
  ///     plan: 27.7 % of the candidates, as near as is feasible.
  ///   - committed: the last plan that was committed in this workspace.
  ///   - draft: a plan that was left without committing it.
  ///   - storeObstacle: why plans cannot be stored, and what to do; nil when they can.
  /// - Throws: `PlanError` when `plan` cannot be solved.
  /// - Complexity: O(k).
  public init(
    subject: Subject, plan: Plan? = nil, committed: CommittedState? = nil, draft: Plan? = nil,
    storeObstacle: String? = nil, output: Output
  ) throws(PlanError) {
    self.subject = subject
    solver = QuotaSolver(scores: subject.scores)
    largestSize = subject.scores.size.max() ?? 0
    fixedRanks = FixedRanks(subject.scores)
    let opening: Plan
    if let given = plan ?? committed?.plan {
      opening = given
    } else {
      var published = try openingPlan(subject.scores)
      published.clustering = subject.clustering
      opening = published
    }
    let quotas = try solver.solve(opening)
    let before = committed?.plan ?? opening
    baseline = Baseline(
      label: committed.map { "plan \($0.number)" } ?? "the opening plan", plan: before,
      quota: before == opening ? quotas.quota : try solver.solve(before).quota)
    self.plan = opening
    self.opening = opening
    self.quotas = quotas
    self.committed = committed
    self.draft = draft
    self.storeObstacle = storeObstacle
    outputs = Outputs(output, formats: subject.formats)
    counts = PlanCounts(quotas, against: baseline.quota, size: subject.scores.size)
    table = Table(clusters: subject.clusters)
    marks = RowSet(rows: subject.clusters)
    sortTable()
    moveCursor(-Int.max)
  }

  /// Whether the plan differs from what was last committed (or opened, before any commit).
  public var isUnsaved: Bool { plan != (committed?.plan ?? opening) }

  /// x_j / M_j of a concept; 0 when it has no rows.
  public func keepFraction(of cluster: Int) -> Double {
    let size = subject.scores.size[cluster]
    return size == 0 ? 0 : Double(quotas.quota[cluster]) / Double(size)
  }

  /// The quota of a concept less that of the baseline, in rows.
  public func change(of cluster: Int) -> Int {
    quotas.quota[cluster] - baseline.quota[cluster]
  }

  /// The concept that the cursor is on; nil when none is shown.
  public var cursor: Int? { table.order.isEmpty ? nil : table.cursor }

  /// What a concept is called; nil while that is not known, empty where nothing names it.
  /// - Complexity: O(length).
  public func name(of cluster: Int) -> String? {
    if let names { return names.text(cluster) ?? "" }
    return labels[cluster]
  }
}

/// The plan of the last commit.
public struct CommittedState: Sendable, Equatable {
  public let number: Int
  public let plan: Plan

  public init(number: Int, plan: Plan) {
    self.number = number
    self.plan = plan
  }
}

/// What the preview compares with.
public struct Baseline: Sendable, Equatable {
  /// What it is called: `plan 3`, `the opening plan`, `the plan marked with b`.
  public let label: String
  public let plan: Plan
  /// Its quotas, one a concept.
  public let quota: [Int]
  /// Whether `b` set it; commits move only one that was not set by hand.
  var isChosen = false
}

/// A line for the user.
public struct Message: Sendable, Equatable {
  public let text: String
  /// Whether it says that something did not happen.
  public let isWarning: Bool
}

struct UndoStack: Sendable {
  var past: [Plan] = []
  var future: [Plan] = []
}

/// Text for the clipboard; the terminal layer has the terminal copy it.
public struct Clipboard: Sendable, Equatable {
  /// How often something was copied: a change is the wish to copy `text`.
  public internal(set) var copies = 0
  /// Without control characters, because what is pasted may be run.
  public internal(set) var text = ""
}
