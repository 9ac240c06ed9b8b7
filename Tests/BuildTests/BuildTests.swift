// Whole builds against the slow one, read back by another reader of .npy.

import Build
import BuildSupport
import Clustering
import Foundation
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

struct BuildTests {
  @Test(arguments: [
    (rows: 1, k: 1, d: 1), (40, 40, 3), (90, 5, 17), (150, 3, 2), (200, 30, 8), (60, 1, 33),
  ])
  func equalsTheSlowBuild(rows: Int, k: Int, d: Int) throws {
    let folder = try TemporaryFolder()
    let vectors = clumpedRows(rows, dimensions: d, seed: UInt64(rows))
    let input = try folder.shard("a", vectors)
    let workspace = try folder.build([input], clusters: k)
    let slow = SlowBuild(vectors.map { $0.map(Double.init) }, clusters: k, training: 256 * k)
    try expect(folder("ws"), equals: slow)
    #expect(workspace.description.objective == slow.objective)
    #expect(workspace.description.training.rows == rows)
    #expect(workspace.scores.size == zip(slow.offsets, slow.offsets.dropFirst()).map { $1 - $0 })
    for position in 0..<workspace.candidates {
      #expect(try workspace.row(at: position) == slow.members[position])
      #expect(try workspace.distance(at: position) == slow.distances[position])
      let cluster = workspace.cluster(at: position)
      #expect(slow.offsets[cluster] <= position && position < slow.offsets[cluster + 1])
    }
    #expect(try workspace.verify() == [])
  }

  @Test(arguments: [nil, 6, 20, 50, 119, 120, 500] as [Int?], [1, 99] as [UInt64])
  func trainingRowsAreThoseOfTheSmallestHashes(total: Int?, seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let vectors = clumpedRows(120, dimensions: 4)
    // The first rows of three shards; the last one is empty.
    let inputs = [
      try folder.shard("a", Array(vectors[..<50])), try folder.shard("b", Array(vectors[50...])),
      try folder.write("c.npy", npyFile(rows: 0, dimensions: 4)),
    ]
    let workspace = try folder.build(inputs, clusters: 6) {
      $0.trainingRows = total.map { .total($0) } ?? .all
      $0.seed = seed
      $0.iterations = 3
      $0.neighbours = 2
    }
    let slow = SlowBuild(
      vectors.map { $0.map(Double.init) }, clusters: 6, training: total, iterations: 3,
      seed: seed, neighbours: 2)
    try expect(folder("ws"), equals: slow)
    #expect(workspace.description.training.rows == slow.trainingRows.count)
    #expect(workspace.description.parameters.trainingRows == total)
    #expect(workspace.description.inputs.map(\.rows) == [50, 70, 0])
  }

  @Test func rowsThatCannotBeUsedAreLeftOut() throws {
    let folder = try TemporaryFolder()
    var vectors = clumpedRows(100, dimensions: 3)
    for row in [0, 16, 50, 51, 99] {
      vectors[row] = [[0, 0, 0], [1, .nan, 1], [.infinity, 0, 0]][row % 3]
    }
    let inputs = [
      try folder.shard("a", Array(vectors[..<51])), try folder.shard("b", Array(vectors[51...])),
    ]
    let message = refusal { try folder.build(inputs) }
    #expect(
      message?.hasPrefix(
        "5 of 100 rows cannot be used (1 NaN, 1 infinite, 3 all zeros): "
          + "\(inputs[0]) row 0 (all zeros), \(inputs[0]) row 16 (NaN)") == true,
      "\(message ?? "no error")")
    #expect(message?.contains("\(inputs[1]) row 48 (all zeros); drop them") == true)
    #expect(
      message?.hasSuffix(
        "finished work is in \(folder(".ws.building")), and the next build uses it") == true)
    #expect(try folder.names() == [".ws.building", "a.npy", "b.npy"])
    for training in [nil, 30, 97] {
      let workspace = try folder.build(inputs) {
        $0.skipInvalid = true
        $0.force = true
        $0.trainingRows = training.map { .total($0) } ?? .all
      }
      let slow = SlowBuild(
        vectors.map {
          $0.allSatisfy(\.isFinite) && $0.contains { $0 != 0 } ? $0.map(Double.init) : nil
        },
        clusters: 4, training: training)
      try expect(folder("ws"), equals: slow)
      #expect(workspace.description.filters == ["invalid": 5])
      #expect(
        try NpyArray(folder("ws/fate.npy")).integers()
          == (0..<100).map { [0, 16, 50, 51, 99].contains($0) ? 1 : 0 })
      #expect(try workspace.verify() == [])
    }
  }

  @Test func allElementTypesGiveTheSameClustering() throws {
    let folder = try TemporaryFolder()
    let vectors = clumpedRows(80, dimensions: 5)
    let flat = vectors.flatMap { $0 }
    let inputs = [
      ("half", "<f2", rawBytes(flat.map { Float16($0).bitPattern })),
      ("single", "<f4", rawBytes(flat)), ("double", "<f8", rawBytes(flat.map(Double.init))),
    ]
    for (name, type, data) in inputs {
      let input = try folder.write(
        name + ".npy", npyFile(descr: "'\(type)'", shape: "(80, 5)", data: data))
      try folder.build([input], to: "ws-" + name)
    }
    let expected = try arrays(folder.identity("ws-single"))
    #expect(expected.count == 5)
    #expect(try arrays(folder.identity("ws-half")) == expected)
    #expect(try arrays(folder.identity("ws-double")) == expected)
  }

  @Test func onlyDirectionCounts() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(4)
    let vectors = clumpedRows(80, dimensions: 5)
    let byPowers = vectors.map { row in
      let exponent = Int.random(in: -100...100, using: &random)
      return row.map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) }
    }
    try folder.build([folder.shard("a", vectors)], to: "ws-a")
    try folder.build([folder.shard("b", byPowers)], to: "ws-b")
    #expect(try arrays(folder.identity("ws-a")) == arrays(folder.identity("ws-b")))
    // Other lengths round other bits, no more.
    let byAnything = byPowers.map { row in
      let factor = Float.random(in: 0.5..<2, using: &random)
      return row.map { $0 * factor }
    }
    try folder.build([folder.shard("c", byAnything)], to: "ws-c")
    let expected = try NpyArray(folder("ws-a/clusters.npy"))
    let found = try NpyArray(folder("ws-c/clusters.npy"))
    #expect(found.integers("size") == expected.integers("size"))
    for field in ["d_intra", "d_inter", "complexity"] {
      for (a, b) in zip(found.doubles(field), expected.doubles(field)) {
        #expect((a - b).magnitude < 2e-6)
      }
    }
  }

  /// All rows are read again in every round, a number of them stays in memory.
  @Test func trainingOnAllRowsIsTrainingOnSoMany() throws {
    let folder = try TemporaryFolder()
    for invalid in [[], [0, 17, 18, 399]] {
      var rows = clumpedRows(400, dimensions: 9, clumps: 30)
      for row in invalid { rows[row] = rows[row].map { _ in 0 } }
      let shards = [
        try folder.shard("a", Array(rows[..<130])), try folder.shard("b", Array(rows[130...])),
      ]
      for threads in [1, 3] {
        let streamed = try folder.build(shards, to: "all", clusters: 20, threads: threads) {
          $0.trainingRows = .all
          $0.skipInvalid = true
          $0.force = true
        }
        let held = try folder.build(shards, to: "held", clusters: 20, threads: threads) {
          $0.trainingRows = .total(1000)
          $0.skipInvalid = true
          $0.force = true
        }
        #expect(streamed.clustering == held.clustering)
        #expect(streamed.description.training == held.description.training)
        #expect(streamed.description.candidates == 400 - invalid.count)
      }
    }
  }

  @Test func threadsKernelsAndShardsGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    // Wide enough for three blocks in one shard of float64, and several tasks in each stage.
    let vectors = clumpedRows(600, dimensions: 1024, clumps: 9)
    func file(_ rows: ArraySlice<[Float]>) -> [UInt8] {
      npyFile(
        descr: "'<f8'", shape: "(\(rows.count), 1024)",
        data: rawBytes(rows.flatMap { $0.map(Double.init) }))
    }
    let whole = try folder.write("whole.npy", file(vectors[...]))
    let expected = try folder.build([whole], clusters: 9) { $0.iterations = 4 }
    for threads in [1, 2, 3] {
      for set in InstructionSet.allCases where set.isAvailable {
        try folder.build([whole], to: "again", clusters: 9, threads: threads) {
          $0.iterations = 4
          $0.instructions = set
          $0.force = true
        }
        #expect(try folder.identity("again") == folder.identity("ws"), "\(threads) \(set)")
      }
    }
    var parts: [String] = []
    for start in stride(from: 0, to: 600, by: 23) {
      let part = vectors[start..<min(600, start + 23)]
      parts.append(try folder.write("parts/\(start).npy", file(part)))
    }
    for threads in [1, 3] {
      let built = try folder.build(parts, to: "parted", clusters: 9, threads: threads) {
        $0.iterations = 4
        $0.force = true
      }
      #expect(try arrays(folder.identity("parted")) == arrays(folder.identity("ws")))
      #expect(built.clustering == expected.clustering)
    }
  }

  @Test func centroidsOfAnEarlierBuild() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(90, dimensions: 21))
    let first = try folder.build([input], clusters: 7)
    let second = try folder.build([input], to: "second") {
      $0.centroidsFile = folder("ws/centroids.npy")
    }
    #expect(second.clustering == first.clustering)
    #expect(second.description.parameters.centroids == first.clustering)
    #expect(second.description.training.rows == 0)
    #expect(try arrays(folder.identity("second")) == arrays(folder.identity("ws")))
    // Other rows, the same centroids, more of them than rows: empty concepts stay empty.
    let others = clumpedRows(5, dimensions: 21, seed: 9)
    let third = try folder.build([folder.shard("b", others)], to: "third") {
      $0.centroidsFile = folder("ws/centroids.npy")
    }
    #expect(third.clustering == first.clustering)
    let centroids = try NpyArray(folder("ws/centroids.npy")).doubles().map { Float($0) }
    let given = (0..<7).map { SlowVector(Array(centroids[$0 * 21..<($0 + 1) * 21])) }
    try expect(
      folder("third"),
      equals: SlowBuild(others.map { $0.map(Double.init) }, clusters: 7, training: 0, given: given))
  }

  @Test func centroidsThatDoNotFit() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(9, dimensions: 3))
    func message(_ bytes: [UInt8]) throws -> String? {
      let path = try folder.write("c.npy", bytes)
      return refusal { try folder.build([input]) { $0.centroidsFile = path } }
    }
    #expect(
      try message(npyFile([[1, 2]], 2))?.contains(
        "expected float centroids in C order of shape (k, 3)")
        == true)
    #expect(
      try message(npyFile([[1, 2, 3], [0, 0, 0]], 3))?
        .contains("1 of 2 centroids cannot be used: row 1 (all zeros)") == true)
    #expect(try message(Array("nonsense".utf8)) != nil)
    #expect(try message(npyFile(rows: 0, dimensions: 3)) != nil)
    #expect(try folder.names() == ["a.npy", "c.npy"])
  }

  @Test func aWorkerHasOneShardOpenAtATime() throws {
    let folder = try TemporaryFolder()
    for shard in 0..<40 {
      _ = try folder.shard("many/\(shard)", [[Float(shard % 5), 1], [1, Float(shard % 5)]])
    }
    let most = Mutex(0)
    let many = folder("many/")
    let workspace = try folder.build(
      [folder("many")], clusters: 5, threads: 2,
      observer: BuildObserver(progress: { _ in
        let files = FileManager.default
        let open = (try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let ours = open.count {
          (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(many)
            == true
        }
        most.withLock { $0 = max($0, ours) }
      }))
    #expect(workspace.rows == 80)
    // Two workers, each with the shard that it works on, and perhaps the header of the next.
    #expect((1...4).contains(most.withLock { $0 }))
  }

  private func arrays(_ files: [String: [UInt8]]) -> [String: [UInt8]] {
    files.filter { $0.key.hasSuffix(".npy") }
  }

  /// Compares every array of the workspace, to the last bit.
  private func expect(_ path: String, equals slow: SlowBuild) throws {
    let centroids = try NpyArray(path + "/centroids.npy")
    #expect(centroids.shape == [slow.centroids.count, slow.centroids[0].components.count])
    #expect(
      centroids.doubles().map { Float($0).bitPattern }
        == slow.centroids.flatMap { $0.components.map(\.bitPattern) })
    #expect(try NpyArray(path + "/members.npy").integers() == slow.members)
    #expect(
      try NpyArray(path + "/distances.npy").doubles().map { Float($0).bitPattern }
        == slow.distances.map(\.bitPattern))
    #expect(try NpyArray(path + "/offsets.npy").integers() == slow.offsets)
    let clusters = try NpyArray(path + "/clusters.npy")
    #expect(
      clusters.integers("size") == zip(slow.offsets, slow.offsets.dropFirst()).map { $1 - $0 })
    #expect(clusters.doubles("d_intra") == slow.dIntra)
    #expect(clusters.doubles("d_inter") == slow.dInter)
    #expect(clusters.doubles("complexity") == slow.complexity)
  }
}
