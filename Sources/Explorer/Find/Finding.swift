// Looking for rows by key or caption in the whole data set. The search goes in parts: each is one
// request beside the loop, brings what it found, and the next one begins where it ended. So hits
// are shown as they come, Ctrl-C stops between two parts, and a script waits for the last.

import Canvas
import Pruning

/// A part of a search.
public struct FindQuestion: Sendable, Equatable {
  public let text: String
  /// The byte of all captions to go on from; nil for the keys, which come first.
  public let from: Int?
  /// The hits that are still wanted.
  public let most: Int
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

/// Which rows are to be placed, and in which order ranks count.
public struct PlacesQuestion: Sendable, Equatable {
  public let rows: [Int]
  public let order: Order
  public let seed: UInt64
}

/// Which row is to be gone to.
public struct SeekQuestion: Sendable, Equatable {
  public let rowKey: String
  public let order: Order
  public let seed: UInt64
}

/// A search and what it has found.
package struct Finding: Sendable, Equatable {
  /// More hits than anybody reads.
  static let most = 500

  var text = ""
  package internal(set) var hits: [FoundRow] = []
  /// Where the search goes on; nil when it is done.
  var next: Int?
  var part = 0.0
  /// Whether there is one at all.
  var isAsked: Bool { !text.isEmpty }
  /// The order that the hits' ranks are of.
  var order = Order.hardest
  var seed: UInt64 = 0
  /// The cursor's line, and the first line on the screen.
  package internal(set) var line = 0
  var top = 0
}

extension State {
  /// Begins a search.
  mutating func find(_ text: String) {
    finding = Finding(text: text)
    screen = .find
    start(.find(FindQuestion(text: text, from: nil, most: Finding.most)))
  }

  /// Takes a part of a search in and asks for the next one.
  mutating func take(_ page: FindPage, of question: FindQuestion) {
    guard question.text == finding.text else { return }
    let known = Set(finding.hits.map(\.row))
    finding.hits += page.hits.filter { !known.contains($0.row) }
    finding.part = page.part
    finding.next = page.next
    let most = Finding.most - finding.hits.count
    guard let next = page.next, most > 0 else { return }
    start(.find(FindQuestion(text: finding.text, from: next, most: most)))
  }

  /// Goes on with a search that was stopped or had enough hits.
  mutating func findMore() {
    guard let next = finding.next else { return }
    start(.find(FindQuestion(text: finding.text, from: next, most: Finding.most)))
  }

  /// Asks where the hits stand, once for all that came since.
  mutating func requestPlaces() {
    guard screen == .find, !labelsWait, !finding.hits.isEmpty, running[.places] == nil else {
      return
    }
    if finding.order != plan.order || finding.seed != plan.selectionSeed {
      // Ranks are of one order; what is no candidate stays none.
      for index in finding.hits.indices where finding.hits[index].place != nil {
        finding.hits[index].whereabouts = .unknown
      }
      (finding.order, finding.seed) = (plan.order, plan.selectionSeed)
    }
    let rows = finding.hits.filter { $0.whereabouts == .unknown }.map(\.row)
    guard !rows.isEmpty else { return }
    start(.places(PlacesQuestion(rows: rows, order: plan.order, seed: plan.selectionSeed)))
  }

  mutating func take(_ places: [Int: Whereabouts], of question: PlacesQuestion) {
    guard question.order == finding.order, question.seed == finding.seed else { return }
    for index in finding.hits.indices {
      if let place = places[finding.hits[index].row] { finding.hits[index].whereabouts = place }
    }
  }

  mutating func moveFinding(_ step: Int) {
    let count = finding.hits.count
    guard count > 0 else { return }
    let (sum, overflow) = finding.line.addingReportingOverflow(step)
    finding.line = min(max(0, overflow ? (step > 0 ? Int.max : 0) : sum), count - 1)
    let lines = max(1, FindScreen.lines(Layout(self, size).body))
    finding.top = min(max(finding.top, finding.line - lines + 1), finding.line)
  }

  /// The hit under the cursor.
  var hit: FoundRow? {
    finding.hits.indices.contains(finding.line) ? finding.hits[finding.line] : nil
  }

  /// Looks a key up, to go to it.
  mutating func seek(_ rowKey: String) {
    start(.seek(SeekQuestion(rowKey: rowKey, order: plan.order, seed: plan.selectionSeed)))
  }

  mutating func take(_ found: FoundRow?, of question: SeekQuestion) {
    guard let found else {
      warn("no key is or begins with \"\(visible(question.rowKey))\"; f looks for captions, too")
      return
    }
    switch found.whereabouts {
    case .unknown: break
    case .nowhere(let reason):
      warn("\(visible(found.rowKey)) is row \(thousands(found.row)) and in no concept: \(reason)")
    case .at(let place):
      guard question.order == plan.order, question.seed == plan.selectionSeed else {
        return seek(question.rowKey)
      }
      if place.cluster == cursor, screen == .items {
        goTo(rank: place.rank)
      } else {
        ask(.elsewhere(found))
      }
    }
  }
}
