// Lists made again from their headers, and everything that must stop that.

import Build
import Foundation
import Ingest
import Manifests
import Pruning
import TestSupport
import Testing
import Workspace

struct ReplayTests {
  private func request(_ path: String, threads: Int = 1) -> ReplayRequest {
    ReplayRequest(manifest: path, threads: threads, programs: SampleWorkspace.programs)
  }

  private func replayed(_ request: ReplayRequest) throws -> Replay {
    try replay(request, progress: { _ in true })
  }

  /// Every format, order and kind of plan at least once.
  private static let cases: [(ManifestFormat, Order, Bool)] = [
    (.text, .hardest, false), (.rows, .easiest, true), (.csv, .random, false),
    (.jsonl, .similarity, true), (.parquet, .stratified, false), (.masks, .random, true),
    (.counts, .hardest, false), (.text, .similarity, true), (.parquet, .random, true),
    (.masks, .hardest, false), (.csv, .stratified, true), (.rows, .hardest, false),
  ]

  @Test func theSameListsAgain() throws {
    let sample = try SampleWorkspace(.similar, shards: 3)
    for (index, (format, order, complement)) in Self.cases.enumerated() {
      var plan = sample.plan(20 + index, order: order)
      plan.strategy = Strategy.allCases[index % Strategy.allCases.count]
      plan.temperature = 0.05 * Double(index + 1)
      plan.selectionSeed = UInt64(index)
      if index % 2 == 1 {
        plan.setOverride(Override(cluster: index % 6, action: .keep(ExactDecimal("0.5")!)))
      }
      let name = "list\(index)"
      try sample.export(format, plan, to: name, complement: complement)
      let before = try sample.files(name)
      for threads in [1, 2] {
        for path in [name, name + ".winnow.json"] {
          let found = try replayed(request(sample.folder(path), threads: threads))
          #expect(found.format == format && found.isThere)
          #expect(found.rows == (complement ? 60 - plan.target : plan.target))
          #expect(found.isSameBytes)
        }
      }
      #expect(try sample.files(name) == before, "nothing is written")
      // The list lost, its header alone makes it again.
      try FileManager.default.removeItem(atPath: sample.folder(name))
      #expect(try !replayed(request(sample.folder(name))).isThere)
      var again = request(sample.folder(name))
      again.output = sample.folder("again\(index)")
      _ = try replayed(again)
      let made = try sample.files("again\(index)")
      for (file, bytes) in before where !file.contains(".winnow.json") {
        #expect(
          made[file.replacingOccurrences(of: name, with: "again\(index)")] == bytes, "\(file)")
      }
      #expect(
        refusal { _ = try replayed(again) } == sample.folder("again\(index)")
          + ": the file exists; replace it with --force or choose another --output")
      again.force = true
      _ = try replayed(again)
      #expect(try sample.files("again\(index)") == made)
    }
  }

  @Test func aChangedByteInListOrHeaderStopsIt() throws {
    let sample = try SampleWorkspace(shards: 2)
    for format in [ManifestFormat.rows, .parquet, .masks] {
      try sample.export(format, force: true)
      for (name, whole) in try sample.files() where !whole.isEmpty {
        for place in stride(from: 0, to: whole.count, by: 17) {
          var bytes = whole
          bytes[place] ^= 1 << UInt8(place % 8)
          try sample.folder.write(name, bytes)
          let message = refusal { _ = try replayed(request(sample.folder("list"))) }
          #expect(message?.contains(sample.folder(name)) == true, "\(name) \(place)")
        }
        try sample.folder.write(name, whole)
      }
      _ = try replayed(request(sample.folder("list")))
      try FileManager.default.removeItem(atPath: sample.folder("list"))
      try FileManager.default.removeItem(atPath: sample.folder("list.winnow.json"))
    }
  }

  @Test func aChangedByteInTheWorkspaceStopsIt() throws {
    let sample = try SampleWorkspace(.similar)
    try sample.export(.text)
    for (name, whole) in try sample.files("ws/") where !whole.isEmpty {
      if name.hasPrefix("ws/stage/") || name == "ws/build-log.json" { continue }
      for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 7)) {
        var bytes = whole
        bytes[place] ^= 4
        try sample.folder.write(name, bytes)
        let message = refusal { _ = try replayed(request(sample.folder("list"))) }
        #expect(message?.contains(sample.folder("ws")) == true, "\(name) \(place)")
      }
      try sample.folder.write(name, whole)
    }
    _ = try replayed(request(sample.folder("list")))
    var bytes = try sample.bytes("ws/similarity.npy")
    bytes[bytes.count - 1] ^= 1
    try sample.folder.write("ws/similarity.npy", bytes)
    let message = try #require(refusal { _ = try replayed(request(sample.folder("list"))) })
    #expect(message.contains("expected the workspace with fingerprint"))
    #expect(message.contains(sample.folder("ws/similarity.npy") + ": expected SHA-256"))
    #expect(message.hasSuffix("list.winnow.json: the list was made from another workspace"))
  }

  @Test func theWorkspaceMayHaveMoved() throws {
    let sample = try SampleWorkspace()
    try sample.export(.csv)
    try FileManager.default.moveItem(
      atPath: sample.folder("ws"), toPath: sample.folder("elsewhere"))
    #expect(
      refusal { _ = try replayed(request(sample.folder("list"))) }
        == "\(sample.folder("ws")): expected the workspace of "
        + "\(sample.folder("list.winnow.json")), found none; give its path with --workspace PATH")
    var moved = request(sample.folder("list"))
    moved.workspace = sample.folder("elsewhere")
    #expect(try replayed(moved).isSameBytes)
    let other = try SampleWorkspace(rows: 61)
    moved.workspace = other.folder("ws")
    let message = refusal { _ = try replayed(moved) }
    #expect(message?.contains("it had 60 rows and now has 61") == true)
    #expect(message?.contains("centroids.npy: the concepts are different") == true)
    #expect(
      refusal { _ = try replayed(request(sample.folder("none"))) }?.contains("header") == true)
  }

  @Test func parquetOfAnotherWriterIsTheSameRows() throws {
    let sample = try SampleWorkspace()
    try sample.export(.parquet)
    // A program whose rows are the same and whose bytes are not.
    let real = try ProcessRunner.run("sh", ["-c", "command -v duckdb"]).output.split(
      separator: "\n")
    let program = try sample.folder.program(
      "duckdb",
      """
      #!/bin/bash
      for word; do last=$word; done
      exec '\(try #require(real.first))' -no-init -batch -bail -c \
        "${last/(FORMAT parquet)/(FORMAT parquet, COMPRESSION gzip)}"

      """)
    var other = request(sample.folder("list"))
    other.programs = IngestOptions(
      environment: ProcessInfo.processInfo.environment.merging(["WINNOW_DUCKDB": program]) { $1 })
    let found = try replayed(other)
    #expect(!found.isSameBytes && found.rows == 23)
    #expect(found.summary(output: nil).contains("the same rows in other bytes"))
  }

  // MARK: inputs

  @Test func aChangedByteInAnyInputIsNamed() throws {
    let sample = try SampleWorkspace(shards: 2)
    try sample.export(.text)
    let inputs = [
      "in/img_emb/img_emb_0.npy", "in/img_emb/img_emb_1.npy", "in/metadata/metadata_0.csv",
      "in/metadata/metadata_1.csv",
    ]
    for threads in [1, 2] {
      let found = try sample.workspace.verifyInputs(root: nil, threads: threads)
      #expect(found.files == 4 && found.faults == [])
    }
    var checked = request(sample.folder("list"))
    checked.inputs = true
    _ = try replayed(checked)
    for name in inputs {
      let whole = try sample.bytes(name)
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        try sample.folder.write(name, bytes)
        let faults = try sample.workspace.verifyInputs(root: nil, threads: 2).faults
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(sample.folder(name) + ": expected SHA-256 ") == true)
      }
      #expect(refusal { _ = try replayed(checked) }?.hasPrefix(sample.folder(name)) == true)
      try FileManager.default.removeItem(atPath: sample.folder(name))
      #expect(
        try sample.workspace.verifyInputs(root: nil, threads: 1).faults == [
          sample.folder(name)
            + ": missing; if the inputs were moved, name their folder with --root DIR"
        ])
      try sample.folder.write(name, whole)
    }
    // They may lie elsewhere, below any part of their paths.
    try FileManager.default.moveItem(atPath: sample.folder("in"), toPath: sample.folder("moved"))
    for root in ["moved", "."] {
      let found = try sample.workspace.verifyInputs(root: sample.folder(root), threads: 1)
      #expect(root == "moved" ? found.faults.isEmpty : found.faults.count == 4)
    }
    let message = try sample.workspace.verifyInputs(root: "/nowhere", threads: 1).faults.first
    #expect(
      message == sample.folder("in/img_emb/img_emb_0.npy")
        + ": missing below /nowhere (looked for every end of its path)")
  }

  @Test func givenCentroidsAreInputs() throws {
    let sample = try SampleWorkspace(.none)
    let centroids = try sample.folder.write("c.npy", try sample.bytes("ws/centroids.npy"))
    var parameters = BuildParameters(
      inputs: [sample.folder("in/img_emb")], output: sample.folder("ws2"), clusters: 6, threads: 1,
      instructions: .best, ingest: IngestOptions(environment: [:]), version: "test")
    parameters.centroidsFile = centroids
    _ = try buildWorkspace(parameters)
    let workspace = try OpenWorkspace(path: sample.folder("ws2"))
    #expect(try workspace.verifyInputs(root: nil, threads: 1).files == 2)
    var bytes = try sample.bytes("c.npy")
    bytes[bytes.count - 2] ^= 1
    try sample.folder.write("c.npy", bytes)
    #expect(
      try workspace.verifyInputs(root: nil, threads: 1).faults.first?.hasPrefix(centroids) == true)
    // A log that does not say where the inputs are.
    var log = String(decoding: try sample.bytes("ws2/build-log.json"), as: UTF8.self)
    log = log.replacingOccurrences(of: "\"shards\"", with: "\"parts\"")
    try sample.folder.write("ws2/build-log.json", log)
    #expect(
      refusal { _ = try workspace.verifyInputs(root: nil, threads: 1) }?
        .contains("build it again to have its inputs checked") == true)
  }
}
