// Looking for rows against looking at every row.

import BuildSupport
import Foundation
import Pruning
import TestSupport
import Testing
import TextSearch
import Workspace

struct FindingTests {
  private let texts = [
    "", "a", "A", "Straße", "ΔΕΛΤΑ δέλτα", "日本語 text", "Wedding Bride", "BRIDE of the year",
    "Über brü", "\u{1F600} smile", "i\u{307} dots", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxbride",
    "bri", "de", "K\u{212A}k", "ſs", "brid\u{435}",
  ]

  private func slow(_ text: String, _ wanted: String) -> Bool {
    func forms(_ scalar: Unicode.Scalar) -> Set<String> {
      let properties = scalar.properties
      return Set(
        [
          String(Character(scalar)), properties.lowercaseMapping, properties.uppercaseMapping,
          properties.titlecaseMapping,
        ].filter { $0.unicodeScalars.count == 1 })
    }
    let scalars = Array(text.unicodeScalars)
    let pattern = wanted.unicodeScalars.map(forms)
    guard scalars.count >= pattern.count else { return false }
    return (0...scalars.count - pattern.count).contains { start in
      pattern.indices.allSatisfy { pattern[$0].contains(String(Character(scalars[start + $0]))) }
    }
  }

  @Test(
    arguments: [
      "bride", "BRIDE", "a", "ß", "δέ", "ΔΕ", "語", "\u{1F600}", "k", "K", "s", "x", "xb",
      "i\u{307}",
      "de", "year", "ü", "е", "bride of the year",
    ])
  func aPatternMatchesWhatItShould(_ wanted: String) throws {
    let pattern = try #require(TextPattern(wanted))
    for text in texts + texts.map({ $0 + " " + String(repeating: "-", count: 40) + $0 }) {
      let match = pattern.firstMatch(in: text)
      #expect((match != nil) == slow(text, wanted), "\(wanted) in \(text)")
      if let match {
        let hit = String(decoding: Array(text.utf8)[match], as: UTF8.self)
        #expect(slow(hit, wanted), "\(wanted) in \(text) is \(hit)")
      }
    }
    #expect(TextPattern("") == nil)
  }

  @Test func rowsAreFoundByKeyAndByCaptionAndPlaced() throws {
    let folder = try TemporaryFolder()
    let rows = 60
    let captions = (0..<rows).map { texts[$0 % texts.count] }
    let keys = (0..<rows).map { "k\($0 * 7 % rows)" }
    var random = SeededRandom(5)
    let values = (0..<rows).flatMap { _ in random.components(3) }
    try folder.write(
      "in/img_emb/img_emb_0.npy", npyFile(rows: rows, dimensions: 3, values: values))
    try folder.write(
      "in/metadata/metadata_0.csv",
      "key,caption\n" + zip(keys, captions).map { "\($0),\"\($1)\"\n" }.joined())
    let workspace = try folder.build([folder("in")], clusters: 4)
    #expect(workspace.hasCaptions && workspace.hasKeys)
    for wanted in ["k1", "k59", "k", "z", "k5x"] {
      let slow = keys.indices.filter { keys[$0].hasPrefix(wanted) }.sorted { keys[$0] < keys[$1] }
      for most in [1, 4, 100] {
        #expect(try workspace.rows(withKey: wanted, most: most) == Array(slow.prefix(most)))
      }
    }
    for wanted in ["bride", "a", "δ", "e", "nothing"] {
      let pattern = try #require(TextPattern(wanted))
      let expected = captions.indices.filter { slow(captions[$0], wanted) }
      for (part, most) in [(1, 100), (7, 2), (64, 3), (10_000, 1), (10_000, 100)] {
        var found: [Int] = []
        var next: Int? = 0
        while let from = next {
          let page = try workspace.rowsWithCaption(
            pattern, from: from, bytes: part, most: most, threads: 2)
          #expect(page.rows.count <= most)
          for row in page.rows where found.last != row { found.append(row) }
          next = page.next
        }
        #expect(found == expected, "\(wanted), \(part) bytes, \(most) rows")
      }
    }
    for order in Order.allCases where order != .similarity {
      let asked = [3, 17, 58, 3]
      let places = try #require(
        try workspace.places(of: asked, order: order, seed: 9, threads: 2, goesOn: { _ in true }))
      #expect(places.count == 3)
      for (row, place) in places {
        let page = try #require(
          try workspace.positions(
            of: place.cluster, ranks: place.rank..<place.rank + 1, order: order, seed: 9))
        #expect(try workspace.row(at: workspace.offset(place.cluster) + page[0]) == row)
      }
      #expect(
        try workspace.places(of: asked, order: order, seed: 9, threads: 1, goesOn: { _ in false })
          == nil)
      // Searching a concept finds the first match in the order, from either side.
      let pattern = try #require(TextPattern("bride"))
      for cluster in 0..<4 {
        let size = workspace.scores.size[cluster]
        let all = try #require(
          try workspace.positions(of: cluster, ranks: 0..<size, order: order, seed: 9))
        let hits = try (0..<size).filter { rank in
          let row = try workspace.row(at: workspace.offset(cluster) + all[rank])
          return slow(captions[row], "bride")
        }
        for backwards in [false, true] {
          let rank = try workspace.rank(
            of: cluster, among: 0..<size, order: order, seed: 9, pattern: pattern,
            backwards: backwards, threads: 2, isCancelled: { false })
          #expect(rank == (backwards ? hits.last : hits.first))
        }
      }
    }
  }

  @Test func rowsThatAreNoCandidatesSayWhy() throws {
    let sample = try SampleWorkspace()
    let workspace = sample.workspace
    let all = Array(0..<workspace.rows)
    let places = try #require(
      try workspace.places(of: all, order: .hardest, seed: 1, threads: 1, goesOn: { _ in true }))
    #expect(places.count == workspace.candidates)
    for row in all where places[row] == nil {
      #expect(try workspace.fate(of: row) == "its vector is invalid")
    }
  }
}
