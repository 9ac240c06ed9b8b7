// What other programs read: tables, lists and their provenance, against their own readers.

import Foundation
import TestSupport
import Testing

@Suite struct OutputTests {
  static let withPython: ConditionTrait = .enabled(
    if: testPython() != nil, "WINNOW_TEST_PYTHON names no Python with numpy: run Tests/run.sh")

  // MARK: plan

  @Test func planAsJSONParsesAndSumsToTheTarget() throws {
    let result = try winnowSucceeds("plan", try SampleWorkspace.path, "--keep", "27.7%", "--json")
    let value = try JSONSerialization.jsonObject(with: Data(result.standardOutput))
    let object = try #require(value as? [String: Any])
    #expect(object["target"] as? Int == 346)  // floor(0.277 * 1250)
    let concepts = try #require(object["concepts"] as? [[String: Any]])
    #expect(concepts.count == 20)
    #expect(concepts.compactMap { $0["quota"] as? Int }.reduce(0, +) == 346)
    #expect(concepts.compactMap { $0["size"] as? Int }.reduce(0, +) == 1250)
    #expect(result.standardError.isEmpty)
  }

  @Test func planAsCSVParsesAndSumsToTheTarget() throws {
    let result = try winnowSucceeds("plan", try SampleWorkspace.path, "--keep", "27.7%", "--csv")
    let lines = result.output.split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 21)
    let header = try #require(lines.first)
    for line in lines { #expect(line.count == header.count) }
    let quota = try #require(header.firstIndex(of: "quota"))
    #expect(lines.dropFirst().compactMap { Int($0[quota]) }.reduce(0, +) == 346)
    let intra = try #require(header.firstIndex(of: "d_intra"))
    let clusters = try NpyArray("\(try SampleWorkspace.path)/clusters.npy")
    #expect(lines.dropFirst().map { Double($0[intra]) } == clusters.doubles("d_intra"))
  }

  @Test func planIntoHeadEndsQuietly() throws {
    let result = try ProcessRunner.run(
      "bash",
      [
        "-c", "\"$0\" plan \"$1\" --keep 27.7% | head -n 1 | wc -l; echo \"${PIPESTATUS[0]}\"",
        winnowBinary(), try SampleWorkspace.path,
      ])
    #expect(["1\n0\n", "1\n141\n"].contains(result.output), "\(result.output)")
    #expect(result.standardError.isEmpty, "\(result.errors)")
  }

  /// `head` may be too slow to show it; here nobody reads from the start.
  @Test(withPython, arguments: [[], ["--json"], ["--csv"]])
  func planIntoAClosedPipeEndsQuietly(flags: [String]) throws {
    let script = """
      import os, subprocess, sys
      read, write = os.pipe()
      os.close(read)
      done = subprocess.run(sys.argv[1:], stdout=write, stderr=subprocess.PIPE)
      print(done.returncode, done.stderr)
      """
    let result = try ProcessRunner.run(
      testPython()!,
      ["-c", script, winnowBinary(), "plan", try SampleWorkspace.path, "--keep", "27.7%"] + flags)
    #expect(["0 b''\n", "-13 b''\n", "141 b''\n"].contains(result.output), "\(result.output)")
  }

  // MARK: info

  @Test func infoAsJSONParses() throws {
    let result = try winnowSucceeds("info", try SampleWorkspace.path, "--json")
    let value = try JSONSerialization.jsonObject(with: Data(result.standardOutput))
    let object = try #require(value as? [String: Any])
    #expect(object["rows"] as? Int == 1250)
    #expect(object["candidates"] as? Int == 1250)
    #expect(object["dimensions"] as? Int == 1280)
    #expect(object["concepts"] as? Int == 20)
  }

  // MARK: export

  @Test(withPython) func dataCompExportHasTheBytesOfNumpy() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    try winnowSucceeds(
      "export", workspace, "--keep", "27.7%", "--format", "datacomp", "-o", scratch("keep.npy"))
    try winnowSucceeds(
      "export", workspace, "--keep", "27.7%", "--format", "text", "-o", scratch("keep.txt"))
    let script = """
      import sys
      import numpy as np
      uids = open(sys.argv[1]).read().split()
      pairs = [(int(u[:16], 16), int(u[16:], 16)) for u in uids]
      array = np.array(pairs, "u8,u8")
      array.sort()
      np.save(sys.argv[2], array)
      """
    let result = try ProcessRunner.run(
      testPython()!, ["-c", script, scratch("keep.txt"), scratch("numpy.npy")])
    #expect(result.exitCode == 0, "\(result.errors)")
    let files = try scratch.contents()
    #expect(files["keep.npy"] == files["numpy.npy"])
    #expect(try NpyArray(scratch("keep.npy")).count == 346)
  }

  @Test func everyFormatTellsTheSameRows() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    for format in ["text", "rows", "csv", "jsonl"] {
      try winnowSucceeds(
        "export", workspace, "--keep", "27.7%", "--format", format, "-o", scratch("keep.\(format)"))
    }
    let rows = try NpyArray(scratch("keep.rows")).integers()
    #expect(rows.count == 346)
    #expect(rows == rows.sorted())

    let uids = try sampleUids()
    let keys = try String(contentsOfFile: scratch("keep.text"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    #expect(keys == rows.map { uids[$0] })

    let records = try String(contentsOfFile: scratch("keep.jsonl"), encoding: .utf8)
      .split(separator: "\n")
      .map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
    #expect(records.map { $0["row"] as? Int } == rows)
    #expect(records.map { $0["key"] as? String } == keys)

    let table = try String(contentsOfFile: scratch("keep.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(table[0] == ["row", "key", "concept", "distance", "rank"])
    #expect(table.dropFirst().map { Int($0[0]) } == rows)
    #expect(table.dropFirst().map { $0[1] } == keys)

    // Concept, distance and rank are those of the workspace's own arrays.
    let members = try NpyArray("\(workspace)/members.npy").integers()
    let distances = try NpyArray("\(workspace)/distances.npy").doubles()
    let offsets = try NpyArray("\(workspace)/offsets.npy").integers()
    for (fields, record) in zip(table.dropFirst(), records) {
      let concept = try #require(Int(fields[2]))
      let rank = try #require(Int(fields[4]))
      try #require(offsets.indices.contains(concept + 1))
      let place = offsets[concept] + rank
      try #require(place < offsets[concept + 1])
      #expect(members[place] == Int(fields[0]))
      #expect(Float(fields[3]).map(Double.init) == distances[place])
      #expect(record["concept"] as? Int == concept)
      #expect(record["rank"] as? Int == rank)
      #expect((record["distance"] as? Double).map { Double(Float($0)) } == distances[place])
    }
  }

  private func sampleUids() throws -> [String] {
    try (0..<3).flatMap { shard in
      try String(
        contentsOfFile: "\(packageRoot())/assets/sample/metadata/metadata_\(shard).jsonl",
        encoding: .utf8
      )
      .split(separator: "\n").map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["uid"] as? String)
      }
    }
  }

  @Test func standardOutputTakesAManifest() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    try winnowSucceeds(
      "export", workspace, "--keep", "5%", "--format", "rows", "-o", scratch("keep.npy"))
    let piped = try winnow(
      "export", workspace, "--keep", "5%", "--format", "rows", "-o", "-", folder: scratch.path)
    #expect(piped.exitCode == 0, "\(piped.errors)")
    #expect(piped.standardOutput == (try scratch.contents()["keep.npy"]))
    #expect(try scratch.contents().keys.sorted() == ["keep.npy", "keep.npy.winnow.json"])
  }

  @Test func provenanceTellsWhatWasKept() throws {
    let scratch = try TemporaryFolder()
    try winnowSucceeds(
      "export", try SampleWorkspace.path, "--keep", "27.7%", "--format", "rows", "-o",
      scratch("keep.npy"))
    let bytes = try #require(try scratch.contents()["keep.npy.winnow.json"])
    let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    #expect(object?["kept"] as? Int == 346, "\(object ?? [:])")
    #expect((object?["plan"] as? [String: Any])?["target"] as? Int == 346, "\(object ?? [:])")
    let text = String(decoding: bytes, as: UTF8.self)
    let sum = try ProcessRunner.run("sha256sum", [scratch("keep.npy")]).output.prefix(64)
    #expect(text.contains(sum), "the file's SHA-256")
    #expect(text.contains("winnow export"), "the command that makes it again")
  }

  // MARK: demo

  /// Runs `demo FOLDER` and looks for a keep list with its provenance in the folder.
  private func checkDemo(of program: String, in scratch: TemporaryFolder, folder: String) throws {
    let result = try ProcessRunner.run(program, ["demo", scratch(folder)], folder: scratch.path)
    #expect(result.exitCode == 0, "\(program): \(result.errors)")
    #expect(!result.standardOutput.isEmpty, "a summary")
    let manifests = try scratch.contents().keys.filter {
      $0.hasPrefix("\(folder)/") && $0.hasSuffix(".winnow.json")
    }
    try #require(manifests.count == 1, "\(manifests)")
    let list = String(manifests[0].dropLast(".winnow.json".count))
    #expect(try winnow("verify", scratch(list)).exitCode == 0)
    #expect(try scratch.contents()[list]?.isEmpty == false)
  }

  @Test func demoWithoutATerminalWritesAKeepList() throws {
    let scratch = try TemporaryFolder()
    try checkDemo(of: winnowBinary(), in: scratch, folder: "demo")
    #expect(try scratch.contents().keys.allSatisfy { $0.hasPrefix("demo") }, "nothing beside it")
  }

  @Test func demoFindsItsDataThroughALinkAndWhenMoved() throws {
    let scratch = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: scratch("link"), withDestinationPath: winnowBinary())
    // By another process, as `TemporaryFolder.program` says.
    let copied = try ProcessRunner.run("cp", [winnowBinary(), scratch("moved")])
    #expect(copied.exitCode == 0, "\(copied.errors)")
    for program in ["link", "moved"] {
      try checkDemo(of: scratch(program), in: scratch, folder: "demo-\(program)")
    }
  }
}
