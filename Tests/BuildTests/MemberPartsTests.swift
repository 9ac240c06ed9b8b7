// Members out of runs, against a plain sort of all rows.

import Build
import BuildSupport
import Foundation
import Tasks
import TestSupport
import Testing

struct MemberPartsTests {
  /// What the assignment may have found.
  private struct Found {
    var nearest: [UInt32] = []
    var distances: [Float] = []

    init(rows: Int, clusters: Int, kind: Kind, random: inout SeededRandom) {
      for _ in 0..<rows {
        let cluster: Int
        switch kind {
        case .skewed: cluster = Int.random(in: 0..<10, using: &random) > 0 ? clusters / 2 : 0
        case .sparse: cluster = Int.random(in: 0..<2, using: &random) * (clusters - 1)
        case .random, .equal, .few: cluster = Int.random(in: 0..<clusters, using: &random)
        }
        let isCandidate = Int.random(in: 0..<7, using: &random) > 0
        nearest.append(isCandidate ? UInt32(cluster) : AssignedRun.none)
        let distance: Float
        switch kind {
        case .equal: distance = 0.5
        case .few: distance = [0, 0.25, 2, .leastNonzeroMagnitude].randomElement(using: &random)!
        case .random, .skewed, .sparse: distance = Float.random(in: 0...2, using: &random)
        }
        distances.append(distance)
      }
    }

    /// Rows by cluster, farthest first, ties the lower row.
    func members(clusters: Int) -> [[Int]] {
      (0..<clusters).map { cluster in
        nearest.indices.filter { nearest[$0] == UInt32(cluster) }.sorted {
          distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
        }
      }
    }

    /// Writes runs of these rows.
    func runs(_ cuts: [Int], clusters: Int, in folder: TemporaryFolder) throws -> [String] {
      let writer = AssignedRunWriter()
      return try zip(cuts, cuts.dropFirst()).enumerated().map { number, range in
        let path = folder("run-\(number)")
        try nearest.withUnsafeBufferPointer { nearest in
          try distances.withUnsafeBufferPointer { distances in
            guard let rows = nearest.baseAddress, let values = distances.baseAddress else {
              return try writer.write(
                firstRow: 0, count: 0, nearest: [0], distances: [0], clusters: clusters, to: path)
            }
            try writer.write(
              firstRow: range.0, count: range.1 - range.0, nearest: rows + range.0,
              distances: values + range.0, clusters: clusters, to: path)
          }
        }
        return path
      }
    }
  }

  enum Kind: CaseIterable, Sendable { case random, equal, few, skewed, sparse }

  @Test(
    arguments: Kind.allCases,
    [(1, 1), (50, 3), (900, 1), (900, 40), (3000, 2), (0, 4), (200, 500)] as [(Int, Int)])
  func equalsAPlainSort(kind: Kind, size: (rows: Int, clusters: Int)) throws {
    let folder = try TemporaryFolder()
    let (rows, clusters) = size
    var random = SeededRandom(UInt64(rows + clusters))
    let found = Found(rows: rows, clusters: clusters, kind: kind, random: &random)
    let expected = found.members(clusters: clusters)
    let members = expected.flatMap { $0 }
    let inner = (0..<5).map { _ in Int.random(in: 0...rows, using: &random) }.sorted()
    for cuts in [[0, rows], [0] + inner + [rows]] {
      let runs = try found.runs(cuts, clusters: clusters, in: folder)
      for (limit, wide) in [(1, false), (2, true), (7, true), (64, false), (100_000, false)]
      where rows <= limit * 300 {
        let parts = try MemberParts(runs: runs, rows: rows, clusters: clusters, limit: limit)
        #expect(parts.offsets == expected.reduce(into: [0]) { $0.append($0.last! + $1.count) })
        let paths = (0..<parts.count).map { folder("part-\($0)") }
        for part in 0..<parts.count {
          #expect(parts.positions(part).count <= limit && !parts.positions(part).isEmpty)
          try parts.write(part, to: paths[part], wide: wide)
        }
        let sums = try parts.join(
          paths, to: StagingFiles(folder: folder(".")), threads: 2, wide: wide
        ).distanceSums
        let array = try NpyArray(folder("members.npy"))
        #expect(array.fields.map(\.code) == [wide ? "u8" : "u4"])
        #expect(array.integers() == members)
        #expect(
          try NpyArray(folder("distances.npy")).doubles()
            == members.map { Double(found.distances[$0]) })
        #expect(try NpyArray(folder("offsets.npy")).integers() == parts.offsets)
        for (cluster, rows) in expected.enumerated() {
          let slow = rows.reduce(Int128(0)) {
            $0 + Int128((Double(found.distances[$1]) * 0x1p40).rounded(.toNearestOrEven))
          }
          #expect(sums[cluster] == slow)
        }
      }
    }
  }

  @Test func rowsBeyond32Bits() throws {
    let folder = try TemporaryFolder()
    let first = 0xFFFF_FFF0
    let writer = AssignedRunWriter()
    try writer.write(
      firstRow: first, count: 32, nearest: Array(repeating: 1, count: 32),
      distances: (0..<32).map { Float($0 / 2) / 16 }, clusters: 2, to: folder("late"))
    let run = try AssignedRun(folder("late"))
    let (firstRow, candidates, offsets) = (run.firstRow, run.candidates, try run.offsets(0..<2))
    #expect(firstRow == first && candidates == 32 && offsets == [0, 0, 32])
    #expect(MemberParts.rowBytes(first + 32) == 8 && MemberParts.rowBytes(first + 15) == 4)
  }

  @Test func damagedRunsAreRefused() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(8)
    let found = Found(rows: 90, clusters: 4, kind: .random, random: &random)
    let runs = try found.runs([0, 40, 90], clusters: 4, in: folder)
    func refused(_ change: (inout [UInt8]) -> Void) throws -> String? {
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: runs[1])))
      let whole = bytes
      change(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: runs[1]))
      defer { try? Data(whole).write(to: URL(fileURLWithPath: runs[1])) }
      return refusal {
        let parts = try MemberParts(runs: runs, rows: 90, clusters: 4, limit: 20)
        for part in 0..<parts.count { try parts.write(part, to: folder("part-\(part)")) }
      }
    }
    #expect(try refused { _ in } == nil)
    #expect(
      try refused { $0.removeLast() }?.contains("its size does not match its header") == true)
    #expect(try refused { $0.removeAll() }?.contains("it has no header") == true)
    #expect(try refused { $0[0] ^= 1 }?.contains("its format or version is different") == true)
    #expect(try refused { $0[24] ^= 1 }?.contains("run-1") == true)
    #expect(try refused { $0[16] ^= 1 }?.contains("from row 40 on, found 4 from row 41 on") == true)
    // Offsets that fall, and that end elsewhere.
    #expect(try refused { $0[64 + 4 + 3] = 1 }?.contains("cluster offsets") == true)
    #expect(try refused { $0[64] = 1 }?.contains("cluster offsets") == true)
    #expect(try refused { $0[64 + 16] ^= 1 }?.contains("cluster offsets") == true)
    // A row beyond the run.
    #expect(try refused { $0[64 + 20 + 2] = 1 }?.contains("expected rows below 50") == true)
    #expect(
      refusal { _ = try MemberParts(runs: [runs[0]], rows: 90, clusters: 4, limit: 9) }?
        .contains("expected runs of 90 rows, found 40") == true)
  }
}
