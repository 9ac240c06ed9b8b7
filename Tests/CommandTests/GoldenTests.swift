// The whole chain against numbers that the program did not make: embeddings and centroids in,
// assignment, distances, scores, quotas and kept rows out.  `Tests/Fixtures/make_golden.py` made
// the case here; where the environment variable WINNOW_GOLDEN names another folder of the same
// files, that one is checked as well.

import Foundation
import TestSupport
import Testing

/// One folder of expectations.
struct Golden: Sendable, CustomTestStringConvertible {
  struct Case: Decodable {
    let keep: Double
    let target: Int
    let temperature: Double
    let minimumShare: Double
    let which: String
    let quota: [Int]
    let keptRows: [Int]
  }

  let folder: String

  var testDescription: String { folder.split(separator: "/").suffix(2).joined(separator: "/") }

  static let all: [Golden] = {
    let ours = Golden(folder: "\(packageRoot())/Tests/Fixtures/golden")
    let named = ProcessInfo.processInfo.environment["WINNOW_GOLDEN"]
    return [ours] + (named.map { [Golden(folder: $0)] } ?? [])
  }()

  func cases() throws -> [Case] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/cases.json"))
    return try decoder.decode([Case].self, from: data)
  }

  func doubles(_ name: String) throws -> [Double] {
    try NpyArray("\(folder)/\(name).npy").doubles()
  }

  func integers(_ name: String) throws -> [Int] {
    try NpyArray("\(folder)/\(name).npy").integers()
  }
}

@Suite struct GoldenTests {
  /// Float32 distances of unit vectors: what may lie between them and the exact ones.
  static let tolerance = 2e-6

  @Test(arguments: Golden.all)
  func buildAndExportAgree(with golden: Golden) throws {
    let scratch = try TemporaryFolder()
    let workspace = scratch("golden.winnow")
    try winnowSucceeds(
      "build", "\(golden.folder)/embeddings.npy", "-o", workspace,
      "--centroids", "\(golden.folder)/centroids.npy")

    let assignment = try checkRows(of: workspace, against: golden)
    try checkScores(of: workspace, against: golden)
    let cases = try golden.cases()
    #expect(!cases.isEmpty)
    for (number, expected) in cases.enumerated() {
      let output = scratch("kept-\(number).npy")
      try winnowSucceeds(
        "export", workspace, "--keep", text(expected.keep), "--tau", text(expected.temperature),
        "--share", text(expected.minimumShare),
        "--order", expected.which == "hard" ? "hardest" : "easiest",
        "--format", "rows", "-o", output)
      try check(
        NpyArray(output), against: expected, assignment: assignment,
        distance: golden.doubles("distance"))
    }
  }

  /// A number as a person would type it: `1` is everything, `1.0` would be unusual.
  private func text(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }

  /// Checks every row's cluster, distance and place; returns the assignment that was found.
  private func checkRows(of workspace: String, against golden: Golden) throws -> [Int] {
    let members = try NpyArray("\(workspace)/members.npy").integers()
    let distances = try NpyArray("\(workspace)/distances.npy").doubles()
    let offsets = try NpyArray("\(workspace)/offsets.npy").integers()
    let wanted = try golden.integers("assignment")
    let exact = try golden.doubles("distance")
    try #require(members.sorted() == Array(wanted.indices), "members.npy lists every row once")
    try #require(offsets.first == 0 && offsets.last == members.count)

    let cosines = try Cosines(golden)
    var assignment = Array(repeating: -1, count: members.count)
    for cluster in 0..<offsets.count - 1 {
      let mine = offsets[cluster]..<offsets[cluster + 1]
      for place in mine {
        let row = members[place]
        assignment[row] = cluster
        #expect(abs(distances[place] - exact[row]) <= Self.tolerance, "distance of row \(row)")
        #expect(distances[place] >= 0)
        if cluster != wanted[row] {
          let worse = cosines.of(row, wanted[row]) - cosines.of(row, cluster)
          #expect(abs(worse) <= Self.tolerance, "row \(row) is in \(cluster), not \(wanted[row])")
        }
        if place > mine.lowerBound {
          let before = (-distances[place - 1], members[place - 1])
          #expect(before < (-distances[place], row), "cluster \(cluster) is out of order at \(row)")
        }
      }
    }
    return assignment
  }

  private func checkScores(of workspace: String, against golden: Golden) throws {
    let clusters = try NpyArray("\(workspace)/clusters.npy")
    #expect(clusters.fields.map(\.name) == ["size", "d_intra", "d_inter", "complexity"])
    #expect(clusters.integers("size") == (try golden.integers("size")))
    for name in ["d_intra", "d_inter", "complexity"] {
      let wanted = try golden.doubles(name)
      let found = clusters.doubles(name)
      try #require(found.count == wanted.count)
      for cluster in wanted.indices {
        #expect(found[cluster] >= 0, "\(name) of cluster \(cluster)")
        #expect(abs(found[cluster] - wanted[cluster]) <= Self.tolerance, "\(name) of \(cluster)")
      }
    }
  }

  private func check(
    _ rows: NpyArray, against expected: Golden.Case, assignment: [Int], distance: [Double]
  ) throws {
    let what = Comment(
      "keep \(expected.keep), tau \(expected.temperature), share \(expected.minimumShare)")
    #expect(rows.fields.map(\.code) == ["u8"], what)
    let kept = rows.integers()
    #expect(kept == kept.sorted(), what)
    #expect(kept.count == expected.target, what)
    var quota = Array(repeating: 0, count: expected.quota.count)
    for row in kept { quota[assignment[row]] += 1 }
    #expect(quota == expected.quota, what)

    // Where float32 cannot tell two distances apart, either row may be the one that is kept;
    // where they are exactly equal the row number decides, and nothing may differ.
    let extra = Set(kept).subtracting(expected.keptRows)
    let missing = Set(expected.keptRows).subtracting(kept)
    for cluster in quota.indices {
      let order: (Int, Int) -> Bool = { (distance[$0], $0) < (distance[$1], $1) }
      let ours = extra.filter { assignment[$0] == cluster }.sorted(by: order)
      let theirs = missing.filter { assignment[$0] == cluster }.sorted(by: order)
      try #require(ours.count == theirs.count, what)
      for (a, b) in zip(ours, theirs) {
        #expect(distance[a] != distance[b], "\(what): rows \(a) and \(b) tie")
        #expect(abs(distance[a] - distance[b]) <= Self.tolerance, "\(what): rows \(a) and \(b)")
      }
    }
  }
}

/// Cosines of the golden input in float64, by the definition.
private struct Cosines {
  let rows: [Double]
  let centroids: [Double]
  let width: Int

  init(_ golden: Golden) throws {
    let array = try NpyArray("\(golden.folder)/embeddings.npy")
    width = array.shape[1]
    rows = array.doubles()
    centroids = try golden.doubles("centroids")
  }

  func of(_ row: Int, _ cluster: Int) -> Double {
    let x = rows[row * width..<(row + 1) * width]
    let c = centroids[cluster * width..<(cluster + 1) * width]
    let dot = zip(x, c).reduce(0) { $0 + $1.0 * $1.1 }
    let lengths = x.reduce(0) { $0 + $1 * $1 } * c.reduce(0) { $0 + $1 * $1 }
    return dot / lengths.squareRoot()
  }
}
