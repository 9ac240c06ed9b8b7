// A search through the whole data set, and what it has found. It goes in parts: each is one request
// beside the loop, brings its hits, and the next one begins where it ended. So hits are shown as
// they come, Ctrl-C stops between two parts, and a script waits for the last.

import Pruning
import TextSearch
import Workspace

/// A search and what it has found.
package struct FindState: Sendable {
  /// More hits than anybody reads.
  static let most = 500

  package internal(set) var text = ""
  package internal(set) var hits: [FoundRow] = []
  /// Where the search goes on; nil when it is done.
  var next: Int?
  var part = 0.0
  var isAsked: Bool { !text.isEmpty }
  /// The order that the hits' ranks are of.
  var order = Order.hardest
  var seed: UInt64 = 0
  /// The cursor among the hits.
  package internal(set) var list = ListCursor()
}

extension State {
  var hit: FoundRow? {
    let finding = finding
    return finding.hits.indices.contains(finding.list.line) ? finding.hits[finding.list.line] : nil
  }

  mutating func find(_ text: String) {
    finding = FindState()
    finding.text = text
    open(.find)
    start(FindQuestion(text: text, from: nil, most: FindState.most))
  }

  /// Goes on with a search that was stopped or had enough hits.
  mutating func findMore() {
    guard let next = finding.next else { return }
    start(FindQuestion(text: finding.text, from: next, most: FindState.most))
  }
}

/// What a part of a search found.
public struct FindPage: Sendable, Equatable {
  public let hits: [FoundRow]
  /// The byte to go on from; nil when all has been searched.
  public let next: Int?
  /// The part of the captions that has been searched, 0...1.
  public let part: Double

  public init(hits: [FoundRow], next: Int?, part: Double) {
    self.hits = hits
    self.next = next
    self.part = part
  }
}

/// A part of a search.
public struct FindQuestion: Request {
  public let text: String
  /// The byte of all captions to go on from; nil for the keys, which come first.
  public let from: Int?
  /// The hits that are still wanted.
  public let most: Int

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> FindPage? {
    // A tenth of a second of reading, so that a part shows and stops soon.
    let bytes = 64 << 20
    guard progress(0) else { return nil }
    let whole = work.workspace.captionBytes
    guard let from else {
      let rows = try work.workspace.rows(withKey: text, most: most)
      return FindPage(
        hits: try rows.map(work.foundRow), next: whole > 0 ? 0 : nil, part: whole > 0 ? 0 : 1)
    }
    guard let pattern = TextPattern(text) else { return FindPage(hits: [], next: nil, part: 1) }
    let (rows, next) = try work.workspace.rowsWithCaption(
      pattern, from: from, bytes: bytes, most: most, threads: work.threads)
    let part = next.map { Double($0) / Double(max(1, whole)) } ?? 1
    return FindPage(hits: try rows.map(work.foundRow), next: next, part: part)
  }

  /// Keeps the hits, and asks for the next part.
  public func receive(_ answer: FindPage, _ state: inout State) {
    guard text == state.finding.text else { return }
    let known = Set(state.finding.hits.map(\.row))
    state.finding.hits += answer.hits.filter { !known.contains($0.row) }
    state.finding.part = answer.part
    state.finding.next = answer.next
    let most = FindState.most - state.finding.hits.count
    guard let next = answer.next, most > 0 else { return }
    state.start(FindQuestion(text: text, from: next, most: most))
  }

  public func fail(_ reason: String, _ state: inout State) { state.finding.next = nil }
}
