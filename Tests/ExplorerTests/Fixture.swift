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
      size: range.map { $0 == 17 ? 0 : Int(largest * unit($0, 1) * unit($0, 2) * unit($0, 5)) + 3 },
      dIntra: intra, dInter: inter, complexity: range.map { intra[$0] * inter[$0] })
  }

  static func subject(
    clusters: Int = 200, hasSimilarity: Bool = false,
    formats: [OutputFormat] = [
      OutputFormat(name: "text", ending: "txt"), OutputFormat(name: "rows", ending: "npy"),
    ]
  ) -> Subject {
    let scores = scores(clusters: clusters)
    return Subject(
      name: "laion-sample", rows: scores.candidates * 3 / 2, scores: scores, clustering: "9f2c",
      hasSimilarity: hasSimilarity, formats: formats)
  }

  static func state(
    clusters: Int = 200, plan: Plan? = nil, committed: CommittedState? = nil,
    hasSimilarity: Bool = false
  ) throws -> State {
    try State(
      subject: subject(clusters: clusters, hasSimilarity: hasSimilarity), plan: plan,
      committed: committed, output: Output(format: "text", path: "keep.txt"))
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
  var existing = OutputState.free
  var commit: @Sendable (Plan, Output) -> Work.Result = { plan, output in
    .committed(Commit(number: 4, rows: plan.target, path: output.path))
  }

  func perform(_ request: Work.Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case .labels(let concepts):
      .labels(
        Dictionary(uniqueKeysWithValues: concepts.map { ($0, Fixture.caption($0)) }))
    case .inspect: .inspected(existing)
    case .commit(let plan, let output, _): commit(plan, output)
    }
  }
}

extension State {
  /// The state after keys in script notation, all work done.
  func pressing(_ keys: String, _ performer: InstantWork = InstantWork()) throws -> State {
    try ScriptRunner(performer: performer).run(
      Script(parsing: keys), from: self, size: size
    ) { _, _ in }
  }

  /// The text of the screen at its own size.
  var screenText: String { view(self, size).text }
}
