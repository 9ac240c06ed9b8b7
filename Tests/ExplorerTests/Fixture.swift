// A made-up workspace with everything that a table of concepts can hold: an empty concept, tiny
// and huge ones, captions in several scripts and with things that must not reach a terminal.

import Canvas
import Explorer
import Pruning

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
    formats: [OutputFormat] = [
      OutputFormat(name: "text", ending: "txt"), OutputFormat(name: "rows", ending: "npy"),
    ], hasMetadata: Bool = false
  ) -> Subject {
    let scores = scores(clusters: clusters)
    return Subject(
      name: "laion-sample", rows: scores.candidates * 3 / 2, scores: scores, clustering: "9f2c",
      hasSimilarity: hasSimilarity, formats: formats,
      metadata: hasMetadata ? metadata(clusters: clusters) : [])
  }

  static func state(
    clusters: Int = 200, plan: Plan? = nil, committed: CommittedState? = nil,
    hasSimilarity: Bool = false, hasMetadata: Bool = false
  ) throws -> State {
    try State(
      subject: subject(
        clusters: clusters, hasSimilarity: hasSimilarity, hasMetadata: hasMetadata), plan: plan,
      committed: committed, output: Output(format: "text", path: "keep.txt"))
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
  var commit: @Sendable (Plan, Output) -> Work.Result = { plan, output in
    .committed(Commit(number: 4, rows: plan.target, path: output.path))
  }

  func perform(_ request: Work.Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case .labels(let concepts):
      .labels(
        Dictionary(uniqueKeysWithValues: concepts.map { ($0, Fixture.caption($0)) }))
    case .names(let count): .names(Fixture.names(count))
    case .detail(let question): detail(question)
    case .items(let question): items(question)
    case .neighbours(let cluster, let count):
      .neighbours(Fixture.neighbours(of: cluster, count, clusters))
    case .turnover(let question): .turnover(MadeUpRows.turnover(question))
    case .inspect: .inspected(existing)
    case .commit(let plan, let output, _): commit(plan, output)
    }
  }

  private func items(_ question: ItemsQuestion) -> Work.Result {
    do {
      let rows = MadeUpRows(cluster: question.cluster)
      guard let page = try ItemsPage.read(question, rows, isCancelled: { false }) else {
        return .cancelled
      }
      return .items(page)
    } catch { return .failed("\(error)") }
  }

  private func detail(_ question: DetailQuestion) -> Work.Result {
    do {
      let rows = MadeUpRows(cluster: question.cluster)
      guard let page = try DetailPage.read(question, rows, isCancelled: { false }) else {
        return .cancelled
      }
      return .detail(page)
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
      key: "key-\(3 * position + cluster)",
      caption: position % 9 == 8 ? nil : Fixture.caption(position % 100) + " \(position)")
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

  func kept(_ quota: Int, _ order: Order, _ seed: UInt64) -> (Int) -> Bool {
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
