// A damaged workspace is refused when it is opened, or where the damage is read.

import BuildSupport
import Foundation
import Pruning
import TestSupport
import Testing
import Workspace

struct OpeningTests {
  private static let arrays = [
    "centroids.npy", "clusters.npy", "distances.npy", "members.npy", "offsets.npy",
    "similarity.npy", "keys/offsets.npy", "captions/offsets.npy", "columns/count.npy",
    "columns/mean.npy", "columns/quantiles.npy",
  ]

  @Test func whatIsNoWorkspace() throws {
    let folder = try TemporaryFolder()
    #expect(
      refusal { _ = try OpenWorkspace(path: folder("none")) }?
        .contains("expected a workspace (a folder with workspace.json), found nothing") == true)
    try folder.write("file", "x")
    for path in [folder.path, folder("file")] {
      #expect(
        refusal { _ = try OpenWorkspace(path: path) }?.contains("create one with winnow build")
          == true)
    }
  }

  @Test func namesDropTheEnding() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(9, dimensions: 2))
    #expect(try folder.build([input], to: "laion.winnow").name == "laion")
    #expect(try OpenWorkspace(path: folder("laion.winnow//")).name == "laion")
    #expect(try folder.build([input], to: ".winnow").name == ".winnow")
  }

  @Test func missingOrTruncatedArrays() throws {
    let sample = try SampleWorkspace()
    #expect(sample.refusalToOpen() == nil)
    for name in Self.arrays + ["keys/data.utf8", "captions/data.utf8"] {
      let path = sample.folder("ws/" + name)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      // Where the two files of strings disagree, either may be named first.
      let named = name.hasSuffix("utf8") ? "data.utf8" : name
      for length in [whole.count - 1, whole.count / 2, 5, 0] {
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        let message = sample.refusalToOpen()
        #expect(message?.contains(named) == true, "\(name) of \(length): \(message ?? "opened")")
      }
      try (whole + [0]).write(to: URL(fileURLWithPath: path))
      #expect(sample.refusalToOpen()?.contains(named) == true, "\(name) too long")
      try sample.remove(name)
      #expect(sample.refusalToOpen()?.contains(named) == true, "\(name) missing")
      try whole.write(to: URL(fileURLWithPath: path))
    }
    try sample.remove("workspace.json")
    #expect(sample.refusalToOpen()?.contains("expected a workspace") == true)
  }

  @Test func arraysOfAnotherShapeOrType() throws {
    let sample = try SampleWorkspace()
    for name in Self.arrays {
      let path = sample.folder("ws/" + name)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let array = try NpyArray(path)
      // The same number of bytes as single bytes, and as one row too many of half the width.
      for (descr, shape) in [
        ("'|u1'", "(\(array.bytes.count),)"),
        ("'<u2'", "(\(array.bytes.count / 2),)"),
        ("'<f2'", "(\(array.bytes.count / 2), 1)"),
      ] {
        try sample.folder.write(
          "ws/" + name, npyFile(descr: descr, shape: shape, data: array.bytes))
        #expect(sample.refusalToOpen()?.contains("\(name): expected ") == true, "\(name) \(descr)")
      }
      try sample.folder.write("ws/" + name, whole)
    }
    let centroids = try NpyArray(sample.folder("ws/centroids.npy"))
    try sample.folder.write(
      "ws/centroids.npy",
      npyFile(descr: "'<f4'", shape: "(4, 5)", data: centroids.bytes))
    #expect(sample.refusalToOpen()?.contains("expected shape (5, 4), found (4, 5)") == true)
    try sample.folder.write(
      "ws/centroids.npy",
      npyFile(descr: "'<f4'", shape: "(5, 4)", fortranOrder: true, data: centroids.bytes))
    #expect(sample.refusalToOpen()?.contains("in Fortran order") == true)
  }

  @Test func offsetsThatDoNotRise() throws {
    for (place, value) in [(0, 1), (1, 89), (3, 0), (5, 87), (5, 89), (2, Int.max), (2, -1)] {
      let sample = try SampleWorkspace()
      try sample.change("offsets.npy") { $0.set(value, fromEnd: (6 - place) * 8) }
      let message = sample.refusalToOpen()
      #expect(
        message?.contains("offsets.npy: expected offsets that rise from 0 to 88") == true
          || message?.contains("clusters.npy: record") == true, "\(place) \(value)")
    }
  }

  @Test func scoresThatAreNoScores() throws {
    let sample = try SampleWorkspace()
    let fields = ["d_intra": 24, "d_inter": 16, "complexity": 8]
    for (field, offset) in fields {
      for value in [Double.nan, .infinity, -1e-9, 5] {
        let whole = try Data(contentsOf: URL(fileURLWithPath: sample.folder("ws/clusters.npy")))
        try sample.change("clusters.npy") { $0.set(value, fromEnd: offset + 32) }
        #expect(
          sample.refusalToOpen()?
            .contains("clusters.npy: record 3 has \(field) \(value), expected 0 to 4") == true)
        try whole.write(to: URL(fileURLWithPath: sample.folder("ws/clusters.npy")))
      }
    }
    try sample.change("clusters.npy") { $0.set(-5, fromEnd: 32) }
    #expect(sample.refusalToOpen()?.contains("clusters.npy: record 4 has size") == true)
  }

  @Test(arguments: [
    ("\"format\" : 1", "\"format\" : 2", "it was written by a newer winnow"),
    ("\"format\" : 1", "\"format\" : x", "it is damaged"),
    ("\"cosine\"", "\"euclid\"", "expected distance cosine, found euclid"),
    ("\"rows\" : 90", "\"rows\" : 99", "expected shape"),
    ("\"candidates\" : 88", "\"candidates\" : 0 ", "its counts are not valid"),
    ("\"candidates\" : 88", "\"candidates\" : 99", "its counts are not valid"),
    ("\"clusters\" : 5", "\"clusters\" : 6", "expected shape (7,), found (6,)"),
  ])
  func otherDescriptions(_ change: (old: String, new: String, expected: String)) throws {
    let sample = try SampleWorkspace()
    try sample.change("workspace.json") { bytes in
      // The counts of the whole come after those of the inputs and parameters, or before: all.
      var text = String(decoding: bytes, as: UTF8.self)
      text = text.replacingOccurrences(of: change.old, with: change.new)
      bytes = Array(text.utf8)
    }
    let message = sample.refusalToOpen()
    #expect(message?.contains(change.expected) == true, "\(message ?? "opened")")
  }

  @Test(arguments: [Int.max, Int.max - 1, 1 << 60, -1])
  func absurdCounts(count: Int) throws {
    for field in ["rows", "candidates", "clusters", "dimensions"] {
      let sample = try SampleWorkspace()
      try sample.change("workspace.json") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        bytes = Array(
          text.replacing(/"(\w+)" : \d+/) { match in
            String(match.1) == field ? "\"\(field)\" : \(count)" : String(match.0)
          }.utf8)
      }
      #expect(sample.refusalToOpen() != nil, "\(field) \(count)")
    }
  }

  @Test func pagesAreCheckedWhereTheyAreRead() throws {
    let sample = try SampleWorkspace()
    try sample.change("members.npy") { $0.set(UInt32(90), fromEnd: 4) }
    try sample.change("distances.npy") { $0.set(Float.nan, fromEnd: 4) }
    try sample.change("keys/offsets.npy") { $0.set(UInt64(1 << 40), fromEnd: 16) }
    let workspace = try OpenWorkspace(path: sample.folder("ws"))
    #expect(
      refusal { _ = try workspace.row(at: 87) }?
        .contains("members.npy: element 87 is 90, expected a row below 90") == true)
    #expect(
      refusal { _ = try workspace.distance(at: 87) }?
        .contains("distances.npy: element 87 is nan, expected 0 to 2") == true)
    #expect(refusal { _ = try workspace.key(89) }?.contains("data.utf8: expected row 89") == true)
    #expect(refusal { _ = try workspace.key(88) }?.contains("data.utf8: expected row 88") == true)
    #expect(try workspace.key(87) == "key 87")
    for order in [Order.hardest, .random] {
      var plan = Plan(target: 88)
      plan.order = order
      #expect(
        refusal { _ = try workspace.keptRows(workspace.scores.size, plan, threads: 2) }?
          .contains("members.npy: element 87") == true)
    }
  }
}
