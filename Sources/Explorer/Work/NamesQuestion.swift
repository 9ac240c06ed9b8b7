// What concepts are called: first those on the screen, then all.

import Foundations
import Workspace

/// What to call all of the first `count` concepts.
public struct NamesQuestion: Request {
  package let count: Int

  package init(count: Int) { self.count = count }

  public static var fillsScreen: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> ConceptLabels? {
    var isCancelled = false
    let labels = try ConceptLabels(count: count) { (concept, text) throws(WinnowError) in
      // Every call wakes the loop, so there are few.
      if concept % 4_096 == 0, !progress(Double(concept) / Double(count)) { isCancelled = true }
      if !isCancelled { try work.appendLabel(concept, to: &text) }
    }
    return isCancelled ? nil : labels
  }

  public func receive(_ answer: ConceptLabels, _ state: inout State) {
    state.names = answer
    state.labels.removeAll()
    state.follow(.names)
  }

  public func fail(_ reason: String, _ state: inout State) { state.hasNoNames = true }
  public func endCancelled(_ state: inout State) { state.hasNoNames = true }
}

/// What to call these concepts: the caption of the row nearest the centroid.
public struct LabelsQuestion: Request {
  package let concepts: [Int]

  public static var fillsScreen: Bool { true }

  /// By concept; one without rows is missing.
  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> [Int: String]? {
    var labels: [Int: String] = [:]
    for (done, concept) in concepts.enumerated() {
      guard progress(Double(done) / Double(concepts.count)) else { return nil }
      var text: [UInt8] = []
      try work.appendLabel(concept, to: &text)
      if !text.isEmpty { labels[concept] = String(decoding: text, as: UTF8.self) }
    }
    return labels
  }

  public func receive(_ answer: [Int: String], _ state: inout State) {
    if state.labels.count >= 4096 { state.labels.removeAll() }
    // What has no answer is not asked for again.
    for concept in concepts { state.labels[concept] = answer[concept] ?? "" }
  }

  public func fail(_ reason: String, _ state: inout State) {
    for concept in concepts { state.labels[concept] = "" }
  }
}

extension WorkspaceWork {
  /// Appends a concept's name, or the caption of the row nearest its centroid, or that row's key.
  fileprivate func appendLabel(
    _ concept: Int, to text: inout [UInt8]
  ) throws(WinnowError) {
    let begin = text.count
    try workspace.appendLabel(concept, to: &text)
    guard text.count == begin else { return }
    // Members lie farthest first, so the nearest row is the last.
    let last = workspace.offset(concept + 1) - 1
    guard last >= workspace.offset(concept) else { return }
    let row = try workspace.row(at: last)
    var nearest = try workspace.caption(row)
    if nearest == nil { nearest = try workspace.key(row) }
    // More than a line of it is never on the screen.
    text += (nearest ?? "").prefix(256).utf8
  }
}

extension State {
  /// Asks for the names that the screen lacks, and once it has them for those of all concepts.
  mutating func requestNames() {
    guard names == nil, !pagesWait else { return }
    let shown = shownScreen.namedConcepts(self)
    let missing = (shown + shownNeighbours.filter { !shown.contains($0) })
      .filter { labels[$0] == nil && subject.scores.size[$0] > 0 }
    if !missing.isEmpty {
      let asked = running(LabelsQuestion.self)?.concepts ?? []
      if !Set(missing).isSubset(of: asked) { start(LabelsQuestion(concepts: Array(missing))) }
    }
    guard !hasNoNames, running(NamesQuestion.self) == nil, running(LabelsQuestion.self) == nil,
      subject.clusters > 0
    else { return }
    start(NamesQuestion(count: subject.clusters))
  }
}
