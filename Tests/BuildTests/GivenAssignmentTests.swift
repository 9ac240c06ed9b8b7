// Clusters from another program: the rows keep them, the distances are ours.

import Build
import BuildSupport
import Foundation
import TestSupport
import Testing
import Workspace

struct GivenAssignmentTests {
  let folder: TemporaryFolder
  let inputs: [String]
  /// The clusters that a build of our own finds.
  let own: [Int]

  init() throws {
    folder = try TemporaryFolder()
    let rows = clumpedRows(300, dimensions: 7)
    inputs = [
      try folder.shard("a", Array(rows[..<90])), try folder.shard("b", Array(rows[90...])),
    ]
    try folder.build(inputs, to: "own")
    let members = try NpyArray(folder("own/members.npy")).integers()
    let offsets = try NpyArray(folder("own/offsets.npy")).integers()
    var own = [Int](repeating: 0, count: 300)
    for cluster in 0..<4 {
      for place in offsets[cluster]..<offsets[cluster + 1] { own[members[place]] = cluster }
    }
    self.own = own
  }

  private func write<Number: FixedWidthInteger & BitwiseCopyable>(
    _ clusters: [Int], _ type: String, as _: Number.Type, shape: String? = nil
  ) throws -> String {
    try folder.write(
      "given.npy",
      npyFile(
        descr: "'\(type)'", shape: shape ?? "(\(clusters.count),)",
        data: rawBytes(clusters.map { Number(truncatingIfNeeded: $0) })))
  }

  private func build(_ path: String, to name: String = "ws") throws -> OpenWorkspace {
    try folder.build(inputs, to: name) {
      $0.centroidsFile = folder("own/centroids.npy")
      $0.assignmentsFile = path
      $0.force = true
    }
  }

  @Test func anyWidthGivesWhatTheSearchFound() throws {
    for type in ["|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"] {
      let path: String
      switch type {
      case "|i1": path = try write(own, type, as: Int8.self)
      case "|u1": path = try write(own, type, as: UInt8.self)
      case "<i2": path = try write(own, type, as: Int16.self)
      case "<u2": path = try write(own, type, as: UInt16.self)
      case "<i4": path = try write(own, type, as: Int32.self)
      case "<u4": path = try write(own, type, as: UInt32.self)
      case "<i8": path = try write(own, type, as: Int64.self, shape: "(300, 1)")
      default: path = try write(own, type, as: UInt64.self)
      }
      let workspace = try build(path)
      for name in ["members", "distances", "centroids", "clusters", "offsets"] {
        #expect(
          try Data(contentsOf: URL(fileURLWithPath: folder("ws/\(name).npy")))
            == Data(contentsOf: URL(fileURLWithPath: folder("own/\(name).npy"))), "\(name)")
      }
      #expect(workspace.description.parameters.assignments?.count == 64)
    }
  }

  @Test func rowsKeepTheirClusters() throws {
    var random = SeededRandom(8)
    // A cluster stays empty.
    let given = (0..<300).map { _ in [0, 2, 3].randomElement(using: &random)! }
    let workspace = try build(try write(given, "<i8", as: Int64.self))
    #expect(try workspace.verify() == [])
    let members = try NpyArray(folder("ws/members.npy")).integers()
    let offsets = try NpyArray(folder("ws/offsets.npy")).integers()
    let distances = try NpyArray(folder("ws/distances.npy")).doubles()
    let rows = try NpyArray(inputs[0]).doubles() + NpyArray(inputs[1]).doubles()
    let centroids = try NpyArray(folder("ws/centroids.npy")).doubles()
    #expect(offsets[1] == offsets[2])
    for cluster in 0..<4 {
      for place in offsets[cluster]..<offsets[cluster + 1] {
        let row = members[place]
        #expect(given[row] == cluster)
        let (x, c) = (rows[row * 7..<row * 7 + 7], centroids[cluster * 7..<cluster * 7 + 7])
        let dot = zip(x, c).reduce(0) { $0 + $1.0 * $1.1 }
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(distances[place] - max(0, 1 - dot / length)) < 1e-6)
      }
    }
  }

  @Test func otherClustersRedoTheAssignment() throws {
    _ = try build(try write(own, "<i4", as: Int32.self))
    var other = own
    other[17] = (own[17] + 1) % 4
    _ = try build(try write(other, "<i4", as: Int32.self), to: "other")
    #expect(try folder.identity("ws")["members.npy"] != folder.identity("other")["members.npy"])
  }

  @Test func whatIsNoClusterIsRefused() throws {
    for (value, text) in [(-1, "found -1"), (4, "found 4"), (Int.min, "found \(Int.min)")] {
      var wrong = own
      wrong[123] = value
      let message = refusal { _ = try build(try write(wrong, "<i8", as: Int64.self)) }
      #expect(
        message?.hasPrefix(
          "\(folder("given.npy")), row 123: expected a cluster from 0 to 3 (one for each "
            + "centroid), \(text)") == true, "\(message ?? "no error")")
    }
    var wrong = own
    wrong[0] = -1
    #expect(
      refusal { _ = try build(try write(wrong, "<u8", as: UInt64.self)) }?
        .contains(
          "row 0: expected a cluster from 0 to 3 (one for each centroid), found "
            + "18446744073709551615") == true)
    let short = refusal { _ = try build(try write(Array(own.dropLast()), "<i4", as: Int32.self)) }
    #expect(
      short?.contains("of shape (300,), one cluster per row, found '<i4' of shape (299,)")
        == true)
    let float = refusal {
      _ = try build(
        folder.write(
          "given.npy",
          npyFile(descr: "'<f4'", shape: "(300,)", data: [UInt8](repeating: 0, count: 1200))))
    }
    #expect(float?.contains("expected integers") == true)
    #expect(try folder.names() == ["a.npy", "b.npy", "given.npy", "own"])
    let alone = refusal {
      try folder.build(inputs) { $0.assignmentsFile = folder("given.npy") }
    }
    #expect(alone == "--assignments: expected --centroids as well, found none")
  }
}
