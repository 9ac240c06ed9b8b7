// The flags that drop rows, as a user types them: what is recorded, and the text of every refusal.

import Foundation
import TestSupport
import Testing

@Suite struct FilterCommandTests {
  private let scratch: TemporaryFolder

  init() throws {
    scratch = try TemporaryFolder()
    try scratch.write("set/img_emb/img_emb_0.npy", embeddings(rows: 40, width: 6))
    try scratch.write(
      "set/metadata/metadata_0.csv",
      "key,width,similarity\n"
        + (0..<40).map { "\"k \($0)\"\"\",\($0),0.\($0 % 10)\n" }.joined())
    try scratch.write("plain.npy", embeddings(rows: 40, width: 6))
  }

  private func build(_ flags: [String], of input: String = "set") throws -> ProcessResult {
    try winnow(
      ["build", input, "-o", "out.winnow", "--clusters", "3", "--progress", "none"] + flags,
      folder: scratch.path)
  }

  @Test func allOfThemAreRecordedAndReported() throws {
    try scratch.write("allow.txt", (0..<35).map { "k \($0)\"\n" }.joined() + "k 99\"\n")
    try scratch.write("deny.txt", "k 6\"\r\nk 7\"\r\nk 7\"\r\n")
    let result = try build(
      [
        "--where", "width >= 5", "--allow", "allow.txt", "--deny", "deny.txt", "--similarity-min",
        "0.20", "--similarity-top", "50%",
      ])
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(
      result.errors.contains("--allow: allow.txt lists 36 keys, 1 of them not in the data set"))
    #expect(result.errors.contains("--deny: deny.txt lists 2 keys\n"))
    let candidates = (0..<40).filter { row in
      row >= 5 && row < 35 && row != 6 && row != 7 && row % 10 >= 2
    }
    let best = candidates.sorted { ($1 % 10, $0) < ($0 % 10, $1) }.prefix(candidates.count / 2)
    let members = try NpyArray(scratch("out.winnow/members.npy")).integers()
    #expect(members.sorted() == best.sorted())
    let info = try winnowSucceeds("info", "out.winnow", folder: scratch.path).output
    let facts = info.split(separator: "\n").map {
      $0.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map {
        $0.trimmingPrefix { $0 == " " }
      }
    }
    func fact(_ name: String) -> String? { facts.first { $0[0] == name }.map { String($0[1]) } }
    #expect(fact("candidates") == "\(best.count)")
    #expect(fact("dropped-where") == "5")
    #expect(fact("dropped-allow-deny") == "7")
    #expect(fact("dropped-similarity") == "\(28 - best.count)")
    #expect(fact("dropped-invalid") == nil)
    #expect(fact("where") == "width >= 5")
    #expect(fact("similarity-min") == "0.2" && fact("similarity-top") == "0.5")
    #expect(fact("allow")?.hasPrefix("36 keys, SHA-256 ") == true)
    #expect(
      info.range(of: "dropped-where")!.lowerBound < info.range(of: "dropped-allow")!.lowerBound)
    let verified = try winnowSucceeds("verify", "out.winnow", folder: scratch.path)
    #expect(verified.exitCode == 0)
  }

  @Test func anExportedListIsAnAllowList() throws {
    #expect(try build([]).exitCode == 0)
    try winnowSucceeds(
      "export", "out.winnow", "--keep", "25%", "--format", "text", "-o", "keep.txt",
      folder: scratch.path)
    try winnowSucceeds(
      "export", "out.winnow", "--keep", "25%", "--format", "rows", "-o", "keep.npy",
      folder: scratch.path)
    let kept = try NpyArray(scratch("keep.npy")).integers()
    for (flag, rows) in [
      ("--allow", kept), ("--deny", (0..<40).filter { !kept.contains($0) }),
    ] {
      #expect(try build([flag, "keep.txt", "--force"]).exitCode == 0)
      #expect(try NpyArray(scratch("out.winnow/members.npy")).integers().sorted() == rows)
    }
  }

  @Test func dryRunTellsOfTheStages() throws {
    let before = try scratch.contents()
    let result = try build(["--where", "width > 3", "--similarity-top", "0.5", "--dry-run"])
    #expect(result.exitCode == 0, "\(result.errors)")
    for stage in ["where", "filter"] {
      #expect(result.output.contains("\n\(stage) "), "\(result.output)")
    }
    #expect(!result.output.contains("\nlists "))
    #expect(try scratch.contents() == before)
  }

  @Test(arguments: [
    (["--where", " \t"], "--where: expected an SQL condition, found an empty one"),
    (["--allow", ""], "--allow: expected a file, found an empty path"),
    (
      ["--similarity-min", "high"],
      "--similarity-min: expected a decimal number such as 0.28, found 'high'"
    ),
    (
      ["--similarity-top", "2000"],
      "--similarity-top: expected a fraction (0.3) or a percentage (30%) above 0 and at most 100%, "
        + "found '2000'"
    ),
    (
      ["--similarity-top", "0"],
      "--similarity-top: expected a fraction (0.3) or a percentage (30%) above 0 and at most 100%, "
        + "found '0'"
    ),
  ])
  func wrongUsage(flags: [String], message: String) throws {
    let before = try scratch.contents()
    expectRefusal(try build(flags), exitCode: 2, [message])
    #expect(try scratch.contents() == before)
  }

  @Test(arguments: [
    (
      "plain.npy", ["--where", "width > 3"],
      "--where: expected metadata with the columns of the condition, found none; name a "
        + "clip-retrieval folder with metadata"
    ),
    (
      "plain.npy", ["--similarity-min", "-0.5"],
      "--similarity-min: expected metadata with a similarity column, found none; name one with "
        + "--similarity"
    ),
    (
      "plain.npy", ["--similarity-top", "0.5"],
      "--similarity-top: expected metadata with a similarity column, found none; name one with "
        + "--similarity"
    ),
    (
      "set", ["--allow", "nothing.txt"],
      "nothing.txt: cannot open it: no such file or directory; check the path"
    ),
    ("set", ["--deny", "set"], "set: expected a file, found a folder; name a file inside it"),
    (
      "set", ["--where", "width >"],
      "--where: expected an SQL condition, found 'width >': duckdb says: syntax error at end of input"
    ),
    (
      "set", ["--where", "width > 1; COPY (SELECT 1) TO 'written.csv'"],
      "--where: expected an SQL condition, found 'width > 1; COPY (SELECT 1) TO 'written.c…': it "
        + "contains a statement"
    ),
    (
      "set", ["--where", "width > (SELECT count(*) FROM read_csv('plain.npy'))"],
      "--where: expected a condition on the columns of one row, found a subquery (SELECT or ANY) in "
        + "'width > (SELECT count(*) FROM read_csv('…'"
    ),
    (
      "set", ["--where", "height > 1"],
      "set/metadata/metadata_0.csv: --where 'height > 1': "
    ),
  ])
  func refusedBeforeAnythingIsDone(input: String, flags: [String], message: String) throws {
    let before = try scratch.contents()
    let result = try build(flags, of: input)
    expectRefusal(result, ["winnow: " + message])
    #expect(try scratch.contents() == before)
  }

  @Test func refusedOnceTheRowsAreRead() throws {
    try scratch.write("binary.txt", [1, 0, 2])
    for (flags, message) in [
      (
        ["--where", "width > 99"],
        "--where: no rows are left: it dropped all 40 rows that it received"
      ),
      (
        ["--deny", "binary.txt"],
        "binary.txt: expected a text file with one key per line for --deny, found binary data"
      ),
      (
        ["--similarity-min", "0.9", "--clusters", "9"],
        "--clusters: expected at most 4, the number of candidates, found 9; choose fewer clusters"
      ),
    ] {
      let result = try winnow(
        ["build", "set", "-o", "out.winnow", "--progress", "none"]
          + (flags.contains("--clusters") ? [] : ["--clusters", "3"]) + flags, folder: scratch.path)
      expectRefusal(result, ["winnow: " + message])
      #expect(!FileManager.default.fileExists(atPath: scratch("out.winnow")))
    }
  }
}
