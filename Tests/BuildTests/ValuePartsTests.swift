// Summaries of values out of runs: the same whatever fits into memory at a time.

import Build
import BuildSupport
import Foundation
import TestSupport
import Testing
import Workspace

struct ValuePartsTests {
  @Test(
    arguments: [(1, 1), (400, 1), (400, 7), (2000, 2), (300, 500)] as [(Int, Int)],
    [false, true])
  func limitsDoNotShow(size: (rows: Int, clusters: Int), alike: Bool) throws {
    let folder = try TemporaryFolder()
    let (rows, clusters) = size
    var random = SeededRandom(UInt64(rows + clusters))
    let values = (0..<rows).map { row -> Double in
      if row % 5 == 3 { return .nan }
      return alike
        ? [-0.0, 0, 1e-300, -7].randomElement(using: &random)!
        : Double.random(in: -1e9...1e3, using: &random)
    }
    let nearest = (0..<rows).map { row in
      row % 11 == 4 ? AssignedRun.none : UInt32.random(in: 0..<UInt32(clusters), using: &random)
    }
    let distances = [Float](repeating: 0.5, count: rows)
    let column = try folder.write(
      "column.npy", npyFile(descr: "'<f8'", shape: "(\(rows),)", data: rawBytes(values)))
    let writer = AssignedRunWriter()
    let cuts = [0, rows / 3, rows / 2, rows]
    let runs = try zip(cuts, cuts.dropFirst()).enumerated().map { number, cut in
      try writer.write(
        firstRow: cut.0, count: cut.1 - cut.0, nearest: Array(nearest[cut.0..<cut.1]),
        distances: Array(distances[cut.0..<cut.1]), clusters: clusters,
        to: folder("run-\(number)"))
      return folder("run-\(number)")
    }
    func summaries(_ limit: Int) throws -> [ValueSummary] {
      try summarise(
        column, runs: runs, clusters: clusters, scratch: folder("values"), limit: limit, threads: 2)
    }
    let whole = try summaries(1 << 20)
    for cluster in 0..<clusters {
      let own = (0..<rows).filter { nearest[$0] == UInt32(cluster) && !values[$0].isNaN }
        .map { values[$0] + 0 }.sorted()
      #expect(whole[cluster].count == own.count)
      guard !own.isEmpty else { continue }
      let exact = own.reduce(Float80(0)) { $0 + Float80($1) } / Float80(own.count)
      #expect(abs(whole[cluster].mean - Double(exact)) <= Double(exact).ulp)
      // The median needs no rounding where there is one.
      if own.count % 2 == 1 { #expect(whole[cluster].quantiles[2] == own[own.count / 2]) }
    }
    for limit in [1, 2, 9, 50] where rows <= 60 * limit {
      let found = try summaries(limit)
      for (one, other) in zip(found, whole) {
        #expect(one.count == other.count)
        #expect(one.mean.bitPattern == other.mean.bitPattern)
        #expect(one.quantiles.map(\.bitPattern) == other.quantiles.map(\.bitPattern))
      }
    }
    #expect(try folder.names().allSatisfy { !$0.hasPrefix("values") })
  }
}
