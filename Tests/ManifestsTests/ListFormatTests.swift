// Parquet, masks, counts, and what was dropped: each against what the workspace's own arrays say.

import Build
import Foundation
import Ingest
import Manifests
import Pruning
import TestSupport
import Testing
import Workspace

struct ListFormatTests {
  private func verify(_ sample: SampleWorkspace, _ name: String) throws -> [String] {
    try verifyManifest(sample.folder(name), programs: SampleWorkspace.programs).faults
  }

  /// What another program reads from a Parquet list.
  private func parquet(_ path: String) throws -> [[String: Any]] {
    let result = try ProcessRunner.run(
      "duckdb",
      [
        "-no-init", "-jsonlines", "-c",
        "SELECT row::INTEGER AS row, hex(encode(key)) AS key, concept, "
          + "distance::DOUBLE AS distance, rank::INTEGER AS rank FROM read_parquet('\(path)')",
      ])
    guard result.exitCode == 0 else { throw RunFailure("duckdb: \(result.errors)") }
    return try result.standardOutput.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }

  private func hex(_ text: String) -> String {
    text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
  }

  @Test(arguments: [Order.hardest, .easiest, .random, .stratified], [0, 1, 23, 60])
  func parquetHoldsTheRecords(order: Order, target: Int) throws {
    let sample = try SampleWorkspace()
    var plan = sample.plan(target, order: order)
    plan.minimum = 0
    let records = try sample.records(plan)
    for threads in [1, 2] {
      try sample.export(.parquet, plan, force: true, threads: threads, window: 7)
      let rows = try parquet(sample.folder("list"))
      #expect(rows.map { $0["row"] as? Int } == records.map(\.row))
      #expect(rows.map { $0["key"] as? String } == records.map { hex($0.key) })
      #expect(rows.map { $0["concept"] as? Int } == records.map(\.concept))
      // JSONSerialization loses a bit of some float64.
      #expect(
        rows.map { ($0["distance"] as? Double).map { Float($0) } } == records.map(\.distance))
      #expect(rows.map { $0["rank"] as? Int } == records.map(\.rank))
      #expect(try verify(sample, "list") == [])
    }
    // The canonical rows are those of JSON lines.
    let lines = try sample.export(.jsonl, plan, to: "lines")
    let list = try #require(try sample.header()["list"] as? [String: Any])
    #expect(list["records-digest"] as? String == lines.digest)
  }

  @Test func parquetOfOtherRowsIsFoundInItsContents() throws {
    let sample = try SampleWorkspace()
    try sample.export(.parquet)
    // The same rows as another program writes them: other bytes.
    for (query, fault) in [
      ("SELECT * FROM read_parquet('%') ORDER BY rank", "rows must ascend"),
      ("SELECT * FROM read_parquet('%') LIMIT 22", "expected 23 rows, found 22"),
      (
        "SELECT * REPLACE (concept + 1 AS concept) FROM read_parquet('%')",
        "expected records with SHA-256"
      ),
      (
        "SELECT * REPLACE ((distance + 0.0000001)::FLOAT AS distance) FROM read_parquet('%')",
        "expected records with SHA-256"
      ),
    ] {
      let copy =
        "COPY (\(query.replacingOccurrences(of: "%", with: sample.folder("list")))) TO "
        + "'\(sample.folder("other"))' (FORMAT parquet)"
      let result = try ProcessRunner.run("duckdb", ["-no-init", "-c", copy])
      #expect(result.exitCode == 0, "\(result.errors)")
      // A header that fits the other bytes, so that only the contents can tell.
      var text = String(decoding: try sample.bytes("list.winnow.json"), as: UTF8.self)
      let list = try #require(try sample.header()["list"] as? [String: Any])
      let digest = try ProcessRunner.run("sha256sum", [sample.folder("other")]).output.prefix(64)
      text = text.replacingOccurrences(of: try #require(list["digest"] as? String), with: digest)
      text = text.replacingOccurrences(of: "\"name\" : \"list\"", with: "\"name\" : \"other\"")
      text = text.replacingOccurrences(
        of: "\"size\" : \(list["size"] as? Int ?? 0)",
        with: "\"size\" : \(try sample.bytes("other").count)")
      let sealed = text.split(separator: "  \"seal\"")[0]
      let seal = try ProcessRunner.run("sha256sum", input: Array(sealed.utf8)).output.prefix(64)
      try sample.folder.write("other.winnow.json", "\(sealed)  \"seal\" : \"\(seal)\"\n}\n")
      let faults = try verify(sample, "other")
      #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }
  }

  @Test func parquetNeedsItsProgram() throws {
    let sample = try SampleWorkspace()
    let before = try contents(below: sample.folder.path)
    var request = ManifestRequest(
      workspace: sample.workspace, choice: .plan(sample.plan()),
      lists: [.init(format: .parquet, output: sample.folder("list"))], force: false, threads: 1)
    request.programs = IngestOptions(environment: [:])
    #expect(
      refusal { _ = try export(request, standardOutput: { _ in }, progress: { _ in true }) }
        == "--format parquet: Parquet needs the program 'duckdb', found none on PATH; install it "
        + "(pip install duckdb-cli) or choose another format")
    // One that does not do what it should.
    for (script, text) in [("exit 3", "failed (exit 3)"), ("echo no >&2; exit 1", "exit 1): no")] {
      let program = try sample.folder.program("duckdb", "#!/bin/sh\n\(script)\n")
      request.programs = IngestOptions(environment: ["WINNOW_DUCKDB": program])
      let message = refusal {
        _ = try export(request, standardOutput: { _ in }, progress: { _ in true })
      }
      #expect(message?.contains(text) == true, "\(message ?? "none")")
    }
    try FileManager.default.removeItem(atPath: sample.folder("duckdb"))
    #expect(try contents(below: sample.folder.path) == before)
  }

  @Test(arguments: [1, 3], [0, 1, 23, 53])
  func masksAreTheRowsOfEachShard(shards: Int, target: Int) throws {
    let sample = try SampleWorkspace(shards: shards, invalid: true)
    var plan = sample.plan(target, order: .random)
    plan.minimum = 0
    let kept = try sample.kept(plan)
    for (name, complement) in [("keep.masks", false), ("drop.masks", true)] {
      try sample.export(.masks, plan, to: name, complement: complement)
      #expect(
        try sample.folder.names(name) == (0..<shards).map { "img_emb_\($0).npy" })
      var row = 0
      for shard in 0..<shards {
        let mask = try NpyArray(sample.folder("\(name)/img_emb_\(shard).npy"))
        #expect(mask.fields.map(\.code) == ["b1"])
        #expect(mask.count == (shard == shards - 1 ? 60 - 60 / shards * shard : 60 / shards))
        for value in mask.integers() {
          #expect(value == (kept.contains(row) != complement ? 1 : 0))
          row += 1
        }
      }
      #expect(row == 60)
      #expect(try verify(sample, name) == [])
      #expect(try verify(sample, name + "/") == [])
    }
  }

  @Test func masksOfShardsWithOneNameAreNumbered() throws {
    let sample = try SampleWorkspace(.none, shards: 2)
    let folder = try TemporaryFolder()
    for (index, place) in ["a", "b"].enumerated() {
      try folder.write("\(place)/x.npy", try sample.bytes("in/img_emb/img_emb_\(index).npy"))
    }
    let parameters = BuildParameters(
      inputs: [folder("a"), folder("b")], output: folder("ws"), clusters: 3, threads: 1,
      instructions: .best, ingest: IngestOptions(environment: [:]), version: "test")
    _ = try buildWorkspace(parameters)
    func names() throws -> [String] { try OpenWorkspace(path: folder("ws")).shardNames() }
    #expect(try names() == ["00000-x", "00001-x"])
    try FileManager.default.removeItem(atPath: folder("ws/build-log.json"))
    #expect(try names() == ["00000", "00001"])
  }

  @Test func aFolderThatIsNoListIsNeverReplaced() throws {
    let sample = try SampleWorkspace()
    try sample.export(.masks, to: "keep")
    #expect(
      refusal { try sample.export(.masks, to: "keep") } == sample.folder("keep")
        + ": the file exists; replace it with --force or choose another --output")
    try sample.export(.masks, sample.plan(24), to: "keep", force: true)
    #expect(try verify(sample, "keep") == [])
    try sample.folder.write("keep/precious.txt", "mine")
    let before = try contents(below: sample.folder.path)
    let text =
      sample.folder("keep")
      + ": expected a folder of an earlier export or nothing, found a folder with other files; "
      + "choose another --output"
    #expect(refusal { try sample.export(.masks, to: "keep", force: true) } == text)
    try sample.folder.write("other/precious.txt", "mine")
    #expect(refusal { try sample.export(.masks, to: "other", force: true) } != nil)
    #expect(refusal { try sample.export(.masks, to: "ws", force: true) } != nil)
    #expect(refusal { try sample.export(.masks, to: "in", force: true) } != nil)
    #expect(refusal { try sample.export(.masks, to: "ws/masks", force: true) } != nil)
    #expect(refusal { try sample.export(.masks, to: "ws/masks/", force: true) } != nil)
    try FileManager.default.removeItem(atPath: sample.folder("other"))
    #expect(try contents(below: sample.folder.path) == before)
    // A mask too many or too few is a fault of the list.
    #expect(
      try verify(sample, "keep") == [
        sample.folder("keep/precious.txt") + ": it is no file of the list"
      ]
    )
    try FileManager.default.removeItem(atPath: sample.folder("keep/precious.txt"))
    try FileManager.default.removeItem(atPath: sample.folder("keep/img_emb_0.npy"))
    #expect(try verify(sample, "keep") == [sample.folder("keep/img_emb_0.npy") + ": missing"])
  }

  @Test func cancelledTheOldMasksStay() throws {
    let sample = try SampleWorkspace(.none, rows: 40_000)
    try sample.export(.masks, sample.plan(50))
    let before = try contents(below: sample.folder.path)
    for stop in 0..<4 {
      var asked = 0
      let message = refusal {
        try sample.export(.masks, sample.plan(40_000), force: true) { _ in
          asked += 1
          return asked <= stop
        }
      }
      #expect(message == "interrupted: nothing was written", "\(stop)")
    }
    #expect(try contents(below: sample.folder.path) == before)
  }

  @Test(arguments: [6, 23, 60])
  func countsAreTheQuotas(target: Int) throws {
    let sample = try SampleWorkspace()
    let plan = sample.plan(target)
    try sample.export(.counts, plan)
    let counts = try NpyArray(sample.folder("list"))
    #expect(counts.fields.map(\.code) == ["i8"] && counts.shape == [6])
    #expect(
      counts.integers() == (try QuotaSolver(scores: sample.workspace.scores).solve(plan).quota))
    #expect(try verify(sample, "list") == [])
    #expect(
      refusal { try sample.export(.counts, plan, to: "other", complement: true) }
        == "--complement: --format counts holds the kept rows of each concept and has no "
        + "complement; choose another format")
  }

  @Test(arguments: [Order.hardest, .easiest, .random, .stratified], [0, 1, 23, 53])
  func theComplementIsEverythingElse(order: Order, target: Int) throws {
    let sample = try SampleWorkspace(invalid: true)
    var plan = sample.plan(target, order: order)
    plan.minimum = 0
    let dropped = try sample.kept(plan).complement
    let known = Dictionary(
      uniqueKeysWithValues: try sample.records(of: dropped).map { ($0.row, $0) })
    #expect(known.count == 53 - target && dropped.count == 60 - target)

    try sample.export(.rows, plan, to: "rows", complement: true)
    #expect(try NpyArray(sample.folder("rows")).integers() == Array(dropped))
    try sample.export(.text, plan, to: "text", complement: true)
    #expect(
      try sample.bytes("text") == Array(dropped.map { sample.keys[$0] + "\n" }.joined().utf8))
    try sample.export(.jsonl, plan, to: "jsonl", threads: 2, window: 7, complement: true)
    let objects = try sample.bytes("jsonl").split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
    try sample.export(.parquet, plan, to: "parquet", complement: true)
    let table = try parquet(sample.folder("parquet"))
    #expect(objects.map { $0["row"] as? Int } == Array(dropped))
    #expect(table.map { $0["row"] as? Int } == Array(dropped))
    for (object, line) in zip(objects, table) {
      let record = known[try #require(object["row"] as? Int)]
      #expect(object["concept"] as? Int == record?.concept)
      #expect(object["rank"] as? Int == record?.rank)
      #expect((object["distance"] as? Double).map { Float($0) } == record?.distance)
      #expect(line["concept"] as? Int == record?.concept && line["rank"] as? Int == record?.rank)
      #expect((line["distance"] as? Double).map { Float($0) } == record?.distance)
      if record == nil { #expect(object["concept"] is NSNull && object.count == 5) }
    }
    try sample.export(.csv, plan, to: "csv", complement: true)
    let ends = String(decoding: try sample.bytes("csv"), as: UTF8.self).split(separator: "\n")
    #expect(ends.count { $0.hasSuffix(",,,") } == 7)
    for name in ["rows", "text", "jsonl", "parquet", "csv"] {
      #expect(try verify(sample, name) == [])
      let header = try sample.header(name)
      #expect(header["kept"] as? Int == target && header["complement"] as? Bool == true)
      #expect((header["command"] as? String)?.hasSuffix(" --complement") == true)
    }
  }

  @Test func theComplementOfUidsIsSorted() throws {
    let sample = try SampleWorkspace(.hex)
    let plan = sample.plan()
    try sample.export(.datacomp, plan, complement: true)
    let uids = try sample.kept(plan).complement.map { sample.keys[$0] }.sorted()
    let data = uids.flatMap { key in
      [key.prefix(16), key.suffix(16)].map { UInt64($0, radix: 16)! }
    }
    #expect(try sample.bytes().suffix(uids.count * 16) == rawBytes(data)[...])
    #expect(try verify(sample, "list") == [])
  }
}
