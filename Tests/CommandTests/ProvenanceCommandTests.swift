// explain, compare, replay, verify --inputs, arms and plan --rebase as a user runs them.

import Foundation
import TestSupport
import Testing

@Suite struct ProvenanceCommandTests {
  private func json(_ result: ProcessResult) throws -> [[String: Any]] {
    try result.standardOutput.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }

  // MARK: explain

  @Test func explanationsAgreeWithTheLists() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    for flags in [["--keep", "27.7%"], ["--keep", "300", "--order", "random"]] {
      for (format, more) in [("csv", []), ("text", []), ("text", ["--complement"])] {
        try winnowSucceeds(
          ["export", workspace] + flags
            + ["--format", format, "-o", scratch("list.\(format)\(more.count)"), "--force"] + more)
      }
      let text = { (name: String) in
        try String(contentsOfFile: scratch(name), encoding: .utf8).split(separator: "\n")
          .map(String.init)
      }
      let (kept, dropped) = (try text("list.text0"), try text("list.text1"))
      let records = Dictionary(
        uniqueKeysWithValues: try text("list.csv0").dropFirst().map {
          let fields = $0.split(separator: ",").map(String.init)
          return (fields[1], fields)
        })
      for threads in ["1", "2"] {
        let found = try json(
          winnowSucceeds(
            ["explain", workspace] + kept + dropped + ["--json", "--threads", threads] + flags))
        #expect(found.count == 1250)
        for explanation in found {
          let key = try #require(explanation["key"] as? String)
          let record = records[key]
          #expect(explanation["kept"] as? Bool == (record != nil))
          guard let record else { continue }
          #expect(explanation["row"] as? Int == Int(record[0]))
          #expect(explanation["concept"] as? Int == Int(record[2]))
          #expect((explanation["distance"] as? Double).map { Float($0) } == Float(record[3]))
          #expect(explanation["rank"] as? Int == Int(record[4]))
        }
      }
      let manifest = try json(
        winnowSucceeds(
          "explain", workspace, kept[0], dropped[0], "--json", "--manifest", scratch("list.csv0")))
      #expect(manifest.map { $0["kept"] as? Bool } == [true, false])
    }
  }

  @Test func unknownItemsAreNamed() throws {
    let workspace = try SampleWorkspace.path
    expectRefusal(
      try winnow("explain", workspace, "nobody"),
      ["winnow: \(workspace): no item has the key \"nobody\"; keys are compared byte by byte\n"])
    expectRefusal(
      try winnow("explain", workspace, "--row", "1250"),
      ["winnow: \(workspace): expected a row from 0 to 1249, found --row 1250\n"])
    expectRefusal(
      try winnow("explain", workspace), exitCode: 2,
      ["expected keys, or rows with --row, found none"])
    expectRefusal(
      try winnow("explain", workspace, "--row", "0", "--keep", "1", "--manifest", "x"), exitCode: 2,
      ["--manifest: the list already fixes the plan; remove the other flags"])
    let result = try winnowSucceeds("explain", workspace, "--row", "0", "--row", "7")
    #expect(result.output.hasPrefix("row 0  key ") && result.output.contains("\n\nrow 7  key "))
  }

  // MARK: compare

  @Test func plansAreCompared() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    for (name, strategy) in [("a", "complexity"), ("b", "uniform")] {
      try winnowSucceeds(
        "export", workspace, "--keep", "300", "--strategy", strategy, "--format", "rows", "-o",
        scratch(name))
    }
    let sets = try ["a", "b"].map { Set(try NpyArray(scratch($0)).integers()) }
    let result = try winnowSucceeds(
      "compare", workspace, scratch("a.winnow.json"), scratch("b.winnow.json"), "--json")
    let object =
      try JSONSerialization.jsonObject(with: Data(result.standardOutput)) as? [String: Any]
    #expect(object?["both"] as? Int == sets[0].intersection(sets[1]).count)
    #expect(object?["only_a"] as? Int == sets[0].subtracting(sets[1]).count)
    let table = try winnowSucceeds(
      "compare", workspace, scratch("a.winnow.json"), scratch("b.winnow.json"), "--csv")
    #expect(table.output.split(separator: "\n").count == 21)
    let same = try winnowSucceeds(
      "compare", workspace, scratch("a.winnow.json"), scratch("a.winnow.json"))
    #expect(same.output.hasSuffix("Jaccard 1.0000\nthey keep the same rows\n"))
    expectRefusal(
      try winnow("compare", workspace, scratch("a.winnow.json"), scratch("none")), [scratch("none")]
    )
    expectRefusal(
      try winnow("compare", workspace, scratch("a.winnow.json")), exitCode: 2, ["second"])
  }

  // MARK: arms and replay

  @Test func armsAreWrittenAndReplayed() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    let result = try winnowSucceeds(
      "arms", workspace, "--keep", "27.7%", "--format", "parquet", "-o", scratch("arms"))
    #expect(
      result.output.hasPrefix("sample: 4 lists of 346 of 1250 candidates (27.68 %), seed 1\n"))
    #expect(
      result.errors.contains("similarity: not written because the workspace has no similarities"))
    for arm in ["complexity", "uniform", "proportional", "random"] {
      let replayed = try winnowSucceeds("replay", scratch("arms/\(arm).parquet"))
      #expect(replayed.output.contains(": made again: 346 rows, format parquet, the same bytes, "))
      #expect(try winnow("verify", scratch("arms/\(arm).parquet")).exitCode == 0)
    }
    let before = try scratch.contents()
    expectRefusal(
      try winnow("arms", workspace, "--keep", "10%", "--format", "parquet", "-o", scratch("arms")),
      [": the file exists; replace it with --force or choose another --output"])
    expectRefusal(
      try winnow("arms", workspace, "-o", scratch("more")), exitCode: 2,
      ["--keep: expected an amount to keep, such as --keep 27.7%, or --plan"])
    expectRefusal(
      try winnow("arms", workspace, "--keep", "9%", "--strategy", "uniform", "-o", scratch("more")),
      exitCode: 2, ["--strategy: every arm has its own; remove it"])
    #expect(try scratch.contents() == before)
    // The command of a header without a plan makes the list again.
    let header = try #require(before["arms/random.parquet.winnow.json"])
    let object = try JSONSerialization.jsonObject(with: Data(header)) as? [String: Any]
    let command = try #require(object?["command"] as? String)
    try FileManager.default.removeItem(atPath: scratch("arms/random.parquet"))
    let again = try ProcessRunner.run(
      "sh", ["-c", "winnow() { '\(winnowBinary())' \"$@\"; }; \(command)"])
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(try scratch.contents() == before)
  }

  @Test func verifyFindsChangedInputs() throws {
    let scratch = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: "\(packageRoot())/assets/sample", toPath: scratch("in"))
    try winnowSucceeds("build", scratch("in"), "-o", scratch("ws"), "--clusters", "5")
    let fine = try winnowSucceeds("verify", scratch("ws"), "--inputs")
    #expect(fine.output.hasSuffix(", 6 input files\n"))
    try winnowSucceeds("export", scratch("ws"), "--keep", "9%", "-o", scratch("list"))
    try winnowSucceeds("replay", scratch("list"), "--inputs")
    try FileManager.default.moveItem(atPath: scratch("in"), toPath: scratch("moved"))
    let missing = try winnow("verify", scratch("ws"), "--inputs")
    #expect(missing.exitCode == 1)
    #expect(
      missing.output.contains(
        "metadata_0.jsonl: missing; if the inputs were moved, name their folder with --root DIR\n"))
    for threads in ["1", "2"] {
      try winnowSucceeds(
        "verify", scratch("ws"), "--inputs", "--root", scratch("moved"), "--threads", threads)
    }
    let name = "moved/metadata/metadata_1.jsonl"
    var bytes = try #require(try scratch.contents()[name])
    bytes[bytes.count / 2] ^= 1
    try scratch.write(name, bytes)
    let changed = try winnow("verify", scratch("ws"), "--inputs", "--root", scratch("moved"))
    #expect(
      changed.exitCode == 1 && changed.output.hasPrefix(scratch(name) + ": expected SHA-256 "))
    #expect(changed.output.split(separator: "\n").count == 1)
    expectRefusal(
      try winnow("replay", scratch("list"), "--inputs", "--root", scratch("moved")),
      [scratch(name) + ": expected SHA-256 ", "the inputs of its workspace have changed"])
    try winnowSucceeds("replay", scratch("list"))
    expectRefusal(
      try winnow("verify", scratch("list"), "--inputs"),
      ["--inputs checks what a workspace was built from"])
    expectRefusal(
      try winnow("verify", scratch("ws"), "--root", "x"), exitCode: 2,
      ["--root: expected --inputs as well, found none; add it"])
  }

  // MARK: plan --rebase

  @Test func overridesAreCarriedOver() throws {
    let scratch = try TemporaryFolder()
    let old = try SampleWorkspace.path
    try winnowSucceeds(
      "build", "\(packageRoot())/assets/sample", "-o", scratch("new"), "--clusters", "20", "--seed",
      "3")
    let info = try winnowSucceeds("info", old, "--json")
    let facts = try JSONSerialization.jsonObject(with: Data(info.standardOutput)) as? [String: Any]
    let clustering = try #require(facts?["clustering"] as? String)
    try scratch.write(
      "plan.json",
      """
      { "format": 1, "clustering": "\(clustering)", "target": 300,
        "overrides": [ { "cluster": 3, "drop": true, "note": "x" } ] }
      """)
    let result = try winnowSucceeds(
      "plan", "--rebase", old, "--plan", scratch("plan.json"), scratch("new"))
    #expect(result.errors.contains("cosine") && result.errors.split(separator: "\n").count == 2)
    try scratch.write("new.json", result.standardOutput)
    try winnowSucceeds("plan", scratch("new"), "--plan", scratch("new.json"))
    expectRefusal(
      try winnow("plan", scratch("new"), "--plan", scratch("plan.json")), ["clustering"])
    expectRefusal(
      try winnow("plan", scratch("new"), "--rebase", old), exitCode: 2,
      ["--rebase: expected --plan FILE as well, and neither --json nor --csv"])
  }

  // MARK: formats

  @Test func flagsThatExcludeEachOther() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    expectRefusal(
      try winnow(
        "export", workspace, "--keep", "9%", "--format", "counts", "--complement", "-o",
        scratch("x")), exitCode: 2,
      ["--format counts holds the kept rows of each concept and has no complement"])
    expectRefusal(
      try winnow("export", workspace, "--keep", "9%", "--format", "masks", "-o", "-"), exitCode: 2,
      ["--format masks is a folder of files, which cannot go to standard output; name one"])
    expectRefusal(
      try winnow(
        ["export", workspace, "--keep", "9%", "--format", "parquet", "-o", scratch("x")],
        environment: ["WINNOW_DUCKDB": scratch("none")]),
      [
        "winnow: --format parquet: Parquet needs the program 'duckdb', found none at "
          + "\(scratch("none")); install it (pip install duckdb-cli) or choose another format\n"
      ])
    #expect(try scratch.contents().isEmpty)
  }

  @Test func parquetGoesThroughAPipe() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    try winnowSucceeds(
      "export", workspace, "--keep", "9%", "--format", "parquet", "-o", scratch("a.parquet"))
    let piped = try winnow("export", workspace, "--keep", "9%", "--format", "parquet", "-o", "-")
    #expect(piped.standardOutput == (try scratch.contents()["a.parquet"]))
  }

  /// numpy reads masks and counts, and a WebDataset loader finds the kept items in tar shards.
  @Test(OutputTests.withPython) func otherReadersFindTheKeptRows() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    for format in ["masks", "counts", "rows", "text"] {
      try winnowSucceeds(
        "export", workspace, "--keep", "27.7%", "--format", format, "-o", scratch(format))
    }
    try winnowSucceeds(
      "export", workspace, "--keep", "27.7%", "--format", "text", "--complement", "-o",
      scratch("dropped"))
    let script = """
      import glob, io, json, os, sys, tarfile
      import numpy as np
      folder, sample, workspace, assets = sys.argv[1:]
      rows = np.load(f"{folder}/rows")
      names = [f"img_emb_{n}" for n in range(3)]
      mask = np.concatenate([np.load(f"{folder}/masks/{name}.npy") for name in names])
      assert mask.dtype == bool and (np.flatnonzero(mask) == rows).all()
      counts, offsets = np.load(f"{folder}/counts"), np.load(f"{workspace}/offsets.npy")
      members = np.load(f"{workspace}/members.npy")
      kept = np.isin(members, rows)
      assert counts.dtype == np.int64
      assert [kept[a:b].sum() for a, b in zip(offsets, offsets[1:])] == counts.tolist()
      for path in glob.glob(f"{workspace}/**/*.npy", recursive=True):
          if "/stage/" not in path: np.load(path)
      # Tar shards as img2dataset makes them, of the sample's uids.
      uids, number = [], 0
      for shard in range(3):
          with tarfile.open(f"{folder}/{shard:05d}.tar", "w") as tar:
              for line in open(f"{sample}/metadata/metadata_{shard}.jsonl"):
                  uid = json.loads(line)["uid"]
                  for ending, data in [("txt", b"a"), ("json", json.dumps({"uid": uid}).encode())]:
                      info = tarfile.TarInfo(f"{number:09d}.{ending}")
                      info.size = len(data)
                      tar.addfile(info, io.BytesIO(data))
                  uids.append(uid)
                  number += 1
      sys.path.insert(0, assets)
      from keep_loader import kept as kept_samples
      shards = [f"{folder}/{shard:05d}.tar" for shard in range(3)]
      for name in ["text", "dropped"]:
          wanted = open(f"{folder}/{name}").read().split()
          found = [json.loads(s["json"])["uid"] for s in kept_samples(shards, f"{folder}/{name}")]
          assert found == wanted and len(found) == (346 if name == "text" else 904)
      with open(f"{folder}/keys", "w") as out: out.writelines(f"{row:09d}\\n" for row in rows)
      found = [s["__key__"] for s in kept_samples(shards, f"{folder}/keys", key="__key__")]
      assert [uids[int(key)] for key in found] == open(f"{folder}/text").read().split()
      print("fine")
      """
    let result = try ProcessRunner.run(
      testPython()!,
      [
        "-c", script, scratch.path, "\(packageRoot())/assets/sample", workspace,
        "\(packageRoot())/assets",
      ])
    #expect(result.output == "fine\n", "\(result.errors)")
  }

  @Test func listsThatChangeAreFoundToo() throws {
    let scratch = try TemporaryFolder()
    let list = try scratch.write("deny.txt", "ea6ad38ef21068a0d5f5a2cce0b3d1c1\n")
    try winnowSucceeds(
      "build", "\(packageRoot())/assets/sample", "-o", scratch("ws"), "--clusters", "9", "--deny",
      list)
    try winnowSucceeds("verify", scratch("ws"), "--inputs")
    try scratch.write("deny.txt", "ea6ad38ef21068a0d5f5a2cce0b3d1c2\n")
    let changed = try winnow("verify", scratch("ws"), "--inputs")
    #expect(changed.exitCode == 1 && changed.output.hasPrefix("\(list): expected SHA-256 "))
  }
}
