// columns/: what the metadata's numbers come to in each concept, against a slow twin.

import Build
import BuildSupport
import Foundation
import TestSupport
import Testing
import Workspace

struct NumericColumnTests {
  private static let centroids: [[Float]] = [[1, 0], [0, 1], [-1, 0], [0, -1]]

  /// Rows on three of four centroids; values of a wide range, many missing, one column whole.
  private func sample(_ seed: UInt64) throws -> (folder: TemporaryFolder, values: [[Double?]]) {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed)
    let count = 240
    let rows = (0..<count).map { _ in Self.centroids[Int.random(in: 0..<3, using: &random)] }
    let values: [[Double?]] = (0..<3).map { column in
      (0..<count).map { row in
        switch column {
        case 0: Double(Float.random(in: -1...1, using: &random))
        case 1:
          // None at all in the second concept.
          rows[row][1] == 1 || Bool.random(using: &random)
            ? nil : Double.random(in: -1e5...1e9, using: &random)
        default: Double(Int.random(in: -2...2, using: &random)) / 4
        }
      }
    }
    _ = try folder.shard("centroids", Self.centroids)
    _ = try folder.clipRetrieval("in", [Array(rows[..<100]), Array(rows[100...])]) { shard in
      "uid,similarity,width,\"a,\"\"b\"\"\"\n"
        + (shard == 0 ? 0..<100 : 100..<count).map { row in
          "k\(row)," + values.map { $0[row].map { "\($0)" } ?? "" }.joined(separator: ",") + "\n"
        }.joined()
    }
    return (folder, values)
  }

  private func build(
    _ folder: TemporaryFolder, to name: String = "ws", threads: Int = 1
  ) throws -> OpenWorkspace {
    try folder.build([folder("in")], to: name, threads: threads) {
      $0.centroidsFile = folder("centroids.npy")
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func aSlowTwinAgrees(seed: UInt64) throws {
    let (folder, values) = try sample(seed)
    let workspace = try build(folder)
    let numeric = try #require(workspace.numeric)
    #expect(numeric.names == ["similarity", "width", "a,\"b\""])
    #expect(workspace.description.columns.numeric == numeric.names)
    #expect(try folder.names("ws/columns") == ["count.npy", "mean.npy", "quantiles.npy"])
    #expect(try folder.names("ws/stage") == ["scan"])
    #expect(workspace.scores.size[3] == 0)
    for (column, all) in values.enumerated() {
      for cluster in 0..<4 {
        let members = (workspace.offset(cluster)..<workspace.offset(cluster + 1))
        let own = try members.compactMap { all[try workspace.row(at: $0)] }.sorted()
        let found = try numeric.summary(column, cluster)
        #expect(found.count == own.count)
        guard !own.isEmpty else {
          #expect(found.mean.isNaN && found.quantiles.allSatisfy(\.isNaN))
          #expect(try numeric.mean(column, cluster).isNaN)
          continue
        }
        let exact = own.reduce(Float80(0)) { $0 + Float80($1) } / Float80(own.count)
        #expect(abs(found.mean - Double(exact)) <= Double(exact).ulp)
        for (fraction, quantile) in zip(ValueSummary.fractions, found.quantiles) {
          let place = Float80(fraction) * Float80(own.count - 1)
          let below = Int(place)
          let (low, high) = (own[below], own[min(below + 1, own.count - 1)])
          let expected = Float80(low) + Float80(high - low) * (place - Float80(below))
          #expect(abs(Float80(quantile) - expected) <= Float80(max(abs(low), abs(high))) * 1e-14)
          #expect(quantile >= low && quantile <= high)
        }
      }
    }
    #expect(try numeric.allMeans(most: 2).map(\.name) == ["similarity", "width"])
    #expect(try workspace.verify() == [])
  }

  @Test func threadsDoNotShow() throws {
    let folder = try sample(4).folder
    _ = try build(folder)
    _ = try build(folder, to: "other", threads: 3)
    #expect(try folder.identity("ws") == folder.identity("other"))
  }

  @Test func withoutNumbersThereIsNothing() throws {
    let folder = try TemporaryFolder()
    let input = try folder.clipRetrieval("in", [clumpedRows(9, dimensions: 2)]) { _ in
      "uid\n" + (0..<9).map { "\($0)\n" }.joined()
    }
    let workspace = try folder.build([input])
    #expect(workspace.numeric == nil && workspace.description.columns.numeric == nil)
    #expect(!(try folder.names("ws").contains("columns")))
    let text = try String(contentsOfFile: folder("ws/workspace.json"), encoding: .utf8)
    #expect(!text.contains("numeric"))
  }

  @Test(arguments: [
    ("count", UInt64.max as any BitwiseCopyable & Sendable), ("mean", Double.infinity),
    ("mean", Double.nan), ("quantiles", Double.infinity), ("quantiles", -1e30),
  ])
  func numbersThatCannotBeAreRefusedWhereTheyAreRead(
    name: String, value: any BitwiseCopyable & Sendable
  ) throws {
    let folder = try sample(5).folder
    _ = try build(folder)
    let url = URL(fileURLWithPath: folder("ws/columns/\(name).npy"))
    var bytes = [UInt8](try Data(contentsOf: url))
    // Of the last concept but one: the last is empty.
    bytes.set(value, fromEnd: name == "quantiles" ? 6 * 8 : 2 * 8)
    try Data(bytes).write(to: url)
    let numeric = try #require(try OpenWorkspace(path: folder("ws")).numeric)
    let message = refusal { _ = try numeric.summary(2, 2) }
    #expect(message?.contains("columns/\(name).npy: element (2, 2)") == true, "\(message ?? "")")
  }

  @Test func similaritiesAreCheckedAgainstTheirValues() throws {
    let sample = try SampleWorkspace()
    func digest() throws -> String {
      let path = sample.folder("ws/columns/mean.npy")
      return String(try ProcessRunner.run("sha256sum", [path]).output.prefix(64))
    }
    // A mean that is possible, but not this one; the build's own record is made to agree.
    let (old, fingerprint) = (try digest(), try sample.workspace.fingerprint())
    try sample.change("columns/mean.npy") { $0.set(0.25, fromEnd: 8) }
    let changed = try OpenWorkspace(path: sample.folder("ws"))
    let (new, other) = (try digest(), try changed.computedFingerprint())
    try sample.change("build-log.json") {
      $0.replace(old, new)
      $0.replace(fingerprint, other)
    }
    #expect(
      try changed.verify() == [
        sample.folder("ws/columns") + ": 'similarity' of cluster 4 is not that of its rows"
      ])
  }
}
