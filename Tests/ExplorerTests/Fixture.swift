// A made-up workspace with everything that a table of concepts can hold: an empty concept, tiny
// and huge ones, captions in several scripts and with things that must not reach a terminal.

import Canvas
import Explorer
import Manifests
import Pruning
import Workspace

enum Fixture {
  /// 0 ..< 1, the same on every machine.
  static func unit(_ index: Int, _ seed: UInt64) -> Double {
    Double(splitmix64(seed: seed, row: UInt64(index)) >> 11) / 9_007_199_254_740_992
  }

  static func scores(clusters: Int, largest: Double = 2_000_000) -> ConceptScores {
    let range = 0..<clusters
    let intra = range.map { 0.05 + 0.5 * unit($0, 3) }
    let inter = range.map { 0.1 + 0.5 * unit($0, 4) }
    return ConceptScores(
      size: range.map { size(of: $0, largest: largest) },
      dIntra: intra, dInter: inter, complexity: range.map { intra[$0] * inter[$0] })
  }

  static func subject(
    clusters: Int = 200, hasSimilarity: Bool = false,
    formats: [ManifestFormat] = [.text, .rows], hasMetadata: Bool = false
  ) -> Subject {
    let scores = scores(clusters: clusters)
    return Subject(
      name: "laion-sample", rows: scores.candidates * 3 / 2, scores: scores, clustering: "9f2c",
      hasSimilarity: hasSimilarity, formats: formats,
      metadata: hasMetadata ? metadata(clusters: clusters) : [])
  }

  static func state(
    clusters: Int = 200, plan: Plan? = nil, committed: CommittedState? = nil,
    hasSimilarity: Bool = false, hasMetadata: Bool = false, draft: Plan? = nil,
    storeObstacle: String? = nil
  ) throws -> State {
    try State(
      subject: subject(
        clusters: clusters, hasSimilarity: hasSimilarity, hasMetadata: hasMetadata), plan: plan,
      committed: committed, draft: draft, storeObstacle: storeObstacle,
      output: Output(format: .text, output: "keep.txt"))
  }

  /// Means of two columns; of the second some are missing.
  static func metadata(clusters: Int) -> [MetadataColumn] {
    [
      MetadataColumn(name: "width", mean: (0..<clusters).map { 64 + 1_000 * unit($0, 8) }),
      MetadataColumn(
        name: "similarity",
        mean: (0..<clusters).map { $0 % 7 == 3 ? .nan : 0.1 + 0.3 * unit($0, 9) }),
    ]
  }

  /// Keys to a concept of 840,634 rows of which the opening plan keeps a quarter.
  static let middle = "j j j j j j j j j j j j j j j j"

  /// Keys to a filter, two columns to sort by, marks inside the filter and outside of it.
  static let marked =
    "Space j Space / o i l Space k e e p < 5 0 % Enter s j j Enter s k k k k k s j Space Space d"

  /// The rows of a concept of any fixture of more concepts than its number.
  static func size(of cluster: Int, largest: Double = 2_000_000) -> Int {
    cluster == 17
      ? 0 : Int(largest * unit(cluster, 1) * unit(cluster, 2) * unit(cluster, 5)) + 3
  }

  static func neighbours(of cluster: Int, _ count: Int, _ clusters: Int) -> [Neighbour] {
    (0..<min(count, clusters - 1)).map {
      Neighbour(cluster: (cluster + 1 + $0) % clusters, distance: 0.1 + 0.02 * Float($0))
    }
  }

  /// The names of as many concepts.
  static func names(_ count: Int) -> ConceptLabels {
    ConceptLabels(count: count) { $1 += caption($0).utf8 }
  }

  /// Four commits: one with everything, one without a line in the log, two that cannot be used.
  static let commits: [HistoryEntry] = {
    var plan = Plan(target: 9_772_867)
    plan.clustering = "9f2c"
    plan.temperature = 0.2
    plan.order = .easiest
    plan.setOverride(Override(cluster: 3, action: .drop, note: "spam"))
    let outputs = ["text", "rows"].map {
      CommittedOutput(
        format: $0, path: "lists/keep.\($0)",
        digest: String(repeating: "0123456789abcdef", count: 4))
    }
    return [
      HistoryEntry(
        number: 4, time: "2026-03-04T05:06:07Z", note: "half, 花 \u{1B}[31m", outputs: outputs,
        plan: plan, fault: nil),
      HistoryEntry(
        number: 3, time: nil, note: nil, outputs: [], plan: Plan(target: 20_000_000), fault: nil),
      HistoryEntry(
        number: 2, time: "2026-03-02T05:06:07Z", note: "old", outputs: [outputs[0]], plan: nil,
        fault: "plans/0002.json: target: expected a whole number, found \"much\""),
      HistoryEntry(
        number: 1, time: "then", note: nil, outputs: [outputs[0]], plan: nil,
        fault: "its overrides are of another clustering"),
    ]
  }()

  /// Rows of all concepts with the word `bride` or the like, in three parts; keys are `key-ROW`.
  static func page(_ question: FindQuestion, _ clusters: Int) -> FindPage {
    guard let from = question.from else {
      let row = question.text.hasPrefix("key-") ? Int(question.text.dropFirst(4)) : nil
      let hits =
        row.map { [FoundRow(row: $0, rowKey: "key-\($0)", caption: caption($0 % 100))] } ?? []
      return FindPage(hits: hits, next: 0, part: 0)
    }
    let rows = (from..<from + 300).filter {
      caption($0 % 100).contains(question.text) && caption($0 % 100).utf8.count < 60
    }
    let hits = rows.prefix(question.most).map {
      FoundRow(row: $0, rowKey: "key-\($0)", caption: caption($0 % 100))
    }
    let next = hits.count < rows.count ? hits[hits.count - 1].row + 1 : from + 300
    return FindPage(
      hits: hits, next: next < 900 ? next : nil, part: min(1, Double(next) / 900))
  }

  static func whereabouts(_ row: Int, _ clusters: Int) -> Whereabouts {
    let cluster = row % max(1, clusters)
    if row % 5 == 3 || clusters == 0 || size(of: cluster) == 0 {
      return .nowhere("it is a duplicate")
    }
    return .at(RankedRow(cluster: cluster, rank: row * 31 % size(of: cluster)))
  }

  static func seek(_ question: SeekQuestion, _ clusters: Int) -> SeekQuestion.Answer {
    guard question.rowKey.hasPrefix("key-"), let row = Int(question.rowKey.dropFirst(4)) else {
      return SeekQuestion.Answer(hit: nil)
    }
    return SeekQuestion.Answer(
      hit: FoundRow(row: row, rowKey: question.rowKey, whereabouts: whereabouts(row, clusters)))
  }

  /// The captions are those of `MadeUpRows` in an order that follows the distance.
  static func search(_ question: SearchQuestion) -> SearchQuestion.Answer {
    let rows = MadeUpRows(cluster: question.cluster)
    func matches(_ rank: Int) -> Bool {
      rows.line(rank, rank: rank).caption?.contains(question.text) == true
    }
    return SearchQuestion.Answer(
      rank: question.backwards
        ? question.ranks.last(where: matches) : question.ranks.first(where: matches))
  }

  static func caption(_ concept: Int) -> String {
    let words = [
      "wedding bride", "t-shirt, funny", "diagram of a flow", "oil on canvas", "花束と花嫁",
      "naïve café", "smile 😀", "\u{1B}[31mred", "русский текст", "a\u{202E}b",
    ]
    return "\(words[concept % words.count]) \(words[concept / 10 % words.count])"
  }
}

/// Does work at once, and remembers what it was asked.
struct InstantWork: WorkPerformer {
  var clusters = 200
  var existing = OutputState.free
  var storeObstacle: String?
  var commit: @Sendable (CommitOrder) -> Work.Result = { order in
    .answer(Commit(number: 4, rows: order.plan.target, paths: order.outputs.map(\.output)))
  }

  func perform(_ request: some Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case let question as LabelsQuestion:
      .answer(
        Dictionary(uniqueKeysWithValues: question.concepts.map { ($0, Fixture.caption($0)) }))
    case let question as NamesQuestion: .answer(Fixture.names(question.count))
    case let question as DetailQuestion: detail(question)
    case let question as ItemsQuestion: items(question)
    case let question as NeighboursQuestion:
      .answer(Fixture.neighbours(of: question.cluster, question.count, clusters))
    case let question as TurnoverQuestion: .answer(MadeUpRows.turnover(question))
    case let question as InspectQuestion:
      .answer(
        Inspection(
          files: question.outputs.map { _ in existing }, folder: "laion-sample/plans",
          obstacle: storeObstacle))
    case let order as CommitOrder: commit(order)
    case is HistoryQuestion: .answer(Fixture.commits)
    case is DraftOrder: .answer(true)
    case let question as FindQuestion: .answer(Fixture.page(question, clusters))
    case let question as WhereaboutsQuestion:
      .answer(
        Dictionary(
          uniqueKeysWithValues: question.rows.map { ($0, Fixture.whereabouts($0, clusters)) }))
    case let question as SeekQuestion: .answer(Fixture.seek(question, clusters))
    case let question as SearchQuestion: .answer(Fixture.search(question))
    default: .failed("\(type(of: request)) has no made-up answer")
    }
  }

  private func items(_ question: ItemsQuestion) -> Work.Result {
    do {
      let rows = MadeUpRows(cluster: question.cluster)
      guard let page = try ItemsPage.read(question, rows, isCancelled: { false }) else {
        return .cancelled
      }
      return .answer(page)
    } catch { return .failed("\(error)") }
  }

  private func detail(_ question: DetailQuestion) -> Work.Result {
    do {
      let rows = MadeUpRows(cluster: question.cluster)
      guard let page = try DetailPage.read(question, rows, isCancelled: { false }) else {
        return .cancelled
      }
      return .answer(page)
    } catch { return .failed("\(error)") }
  }
}

/// Rows by formula: any number of them, and nothing in memory.
struct MadeUpRows: ConceptRows {
  let cluster: Int
  var size = 0

  init(cluster: Int, size: Int? = nil) {
    self.cluster = cluster
    self.size = size ?? Fixture.size(of: cluster)
  }

  /// Falls from 0.9 to 0.1, fastest at both ends.
  func distance(_ position: Int) -> Float {
    let place = Float(2 * position + 1) / Float(size) - 1
    return 0.5 - 0.4 * place * place * place
  }

  func line(_ position: Int, rank: Int) -> RowLine {
    RowLine(
      rank: rank, row: 3 * position + cluster, distance: distance(position),
      rowKey: "key-\(3 * position + cluster)",
      caption: position % 9 == 8 ? nil : Fixture.caption(position % 100) + " \(position)",
      similarity: position % 7 == 6 ? nil : Float(position % 41) / 100)
  }

  /// Of width and similarity.
  func metadata() -> [ValueSummary] {
    let mean = Fixture.metadata(clusters: cluster + 1).map { $0.mean[cluster] }
    return mean.map { mean in
      ValueSummary(
        count: mean.isNaN ? 0 : size, mean: mean,
        quantiles: ValueSummary.fractions.map { 2 * $0 * mean })
    }
  }

  /// No two distances are equal, and the orders that follow no distance swap neighbours.
  func positions(
    _ ranks: Range<Int>, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) -> [Int]? {
    switch order {
    case .hardest, .stratified: Array(ranks)
    case .easiest: ranks.map { size - 1 - $0 }
    case .random, .similarity: ranks.map { min(size - 1, $0 ^ 1) == $0 ^ 1 ? $0 ^ 1 : $0 }
    }
  }

  func kept(
    _ quota: Int, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) -> ((Int) -> Bool)? {
    let size = size
    return { position in
      Selection.stratifiedCount(before: position + 1, of: size, quota: quota)
        > Selection.stratifiedCount(before: position, of: size, quota: quota)
    }
  }
}

extension MadeUpRows {
  /// As many rows stay as the quotas demand, and half of those that could.
  static func turnover(_ question: TurnoverQuestion) -> Turnover {
    let bounds = Turnover.bounds(
      question.old, question.oldQuota, question.new, question.newQuota,
      size: question.oldQuota.indices.map { Fixture.size(of: $0) })
    let more = (bounds.most.entering - bounds.least.entering) / 2
    return Turnover(
      entering: bounds.least.entering + more, leaving: bounds.least.leaving + more)
  }
}

extension State {
  /// The state after keys in script notation, all work done.
  func pressing(_ keys: String, _ performer: InstantWork? = nil) throws -> State {
    let performer = performer ?? InstantWork(clusters: subject.clusters)
    return try ScriptRunner(performer: performer).run(
      Script(parsing: keys), from: self, size: size
    ) { _, _ in }
  }

  /// The text of the screen at its own size.
  var screenText: String { view(self, size).text }
}

extension [Work] {
  /// Whether a request is given up.
  func cancels(_ ticket: Ticket) -> Bool {
    contains { if case .cancel(ticket) = $0 { true } else { false } }
  }
}
