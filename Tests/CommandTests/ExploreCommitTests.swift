// Commits, drafts and searches of the explorer on a real workspace, by script: the bytes are those
// of `winnow export`, and the next start finds what was left.

import Foundation
import TestSupport
import Testing

struct ExploreCommitTests {
  /// Presses keys in a workspace and returns the screens that were saved.
  private func explore(
    _ workspace: String, _ script: String, _ arguments: [String] = [], in scratch: TemporaryFolder
  ) throws {
    try scratch.write("script", script)
    let result = try winnow(
      ["explore", workspace, "--script", scratch("script")] + arguments, folder: scratch.path)
    #expect(result.exitCode == 0, "\(result.errors)")
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  @Test func allFormatsAtOnceAreThoseOfExport() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try explore(
      workspace,
      """
      - t d
      c j Space j Space j Space j Space N
      :type all of "them"
      Enter y H
      :save-screen history.txt
      q
      """, in: scratch)
    let plan = workspace + "/plans/0001.json"
    for (format, name) in [
      ("text", "keep.txt"), ("rows", "keep.rows.npy"), ("datacomp", "keep.datacomp.npy"),
      ("csv", "keep.csv"), ("jsonl", "keep.jsonl"),
    ] {
      try winnowSucceeds(
        "export", workspace, "--plan", plan, "--format", format, "-o", scratch("other"), "--force")
      #expect(try text(scratch(name)) == text(scratch("other")), "\(format)")
      #expect(try winnow("verify", scratch(name)).exitCode == 0)
    }
    let log = try text(workspace + "/plans/history.jsonl").split(separator: "\n")
    #expect(log.count == 1 && log[0].contains("keep.jsonl") && log[0].contains("keep.rows.npy"))
    let screen = try text(scratch("history.txt"))
    #expect(screen.contains("1 committed") && screen.contains("all of \"them\""))
    // The next start has it as baseline.
    try explore(workspace, ":save-screen next.txt", in: scratch)
    #expect(try text(scratch("next.txt")).contains("plan 1, committed"))
  }

  @Test func aDraftWaitsForTheNextStart() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try explore(workspace, "n\n:type 300\nEnter q s", in: scratch)
    #expect(try text(workspace + "/plans/draft.json").contains("\"target\": 300"))
    // A script is not asked; O takes it.
    try explore(
      workspace, ":save-screen a.txt\nO\n:save-screen b.txt\ny c y\n:save-screen c.txt",
      in: scratch)
    #expect(!(try text(scratch("a.txt")).contains("There is a saved draft")))
    #expect(try text(scratch("b.txt")).contains("There is a saved draft"))
    #expect(try text(scratch("c.txt")).contains("plan 1 is committed: 300 rows"))
    #expect(!FileManager.default.fileExists(atPath: workspace + "/plans/draft.json"))
  }

  @Test func plansLieWhereTheyAreWanted() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try explore(workspace, "+ c y", ["--plans", scratch("mine/plans")], in: scratch)
    #expect(FileManager.default.fileExists(atPath: scratch("mine/plans/0001.json")))
    #expect(!FileManager.default.fileExists(atPath: workspace + "/plans"))
    try explore(
      workspace, ":save-screen a.txt", ["--plans", scratch("mine/plans")], in: scratch)
    #expect(try text(scratch("a.txt")).contains("plan 1, committed"))
  }

  @Test(.enabled(if: Mounts.areAllowed))
  func aWorkspaceThatCannotBeWrittenToSaysSoFirst() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("script", "+ c\n:save-screen a.txt\ny\n:save-screen b.txt\nEscape q s")
    try FileManager.default.createDirectory(
      atPath: scratch("ws"), withIntermediateDirectories: true)
    let result = try Mounts.run(
      """
      cp -r "$3"/. "$1" && mount -o remount,ro "$1" && cd "$4" &&
      "$2" explore "$1" --script script && ls && "$2" explore "$1" --script script --plans mine
      """, on: scratch("ws"), size: 32 << 20, [try SampleWorkspace.path, scratch.path])
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(!result.output.contains("keep.txt"))
    #expect(try text(scratch("mine/0001.json")).contains("target"))
    #expect(try text(scratch("b.txt")).contains("plan 1 is committed"))
  }

  @Test func rowsAreFoundAndShown() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    try winnowSucceeds(
      "export", workspace, "--keep", "1", "--format", "jsonl", "-o", scratch("all.jsonl"))
    let lines = try text(scratch("all.jsonl")).split(separator: "\n")
    for index in [0, 600, 1_249] {
      let record =
        try JSONSerialization.jsonObject(with: Data(lines[index].utf8)) as? [String: Any]
      let key = try #require(record?["key"] as? String)
      let rank = try #require(record?["rank"] as? Int)
      let concept = try #require(record?["concept"] as? Int)
      try explore(
        workspace, "f\n:type \(key)\nEnter\n:save-screen a.txt\nEnter\n:save-screen b.txt",
        in: scratch)
      #expect(try text(scratch("a.txt")).contains("1 found"))
      let there = try text(scratch("b.txt"))
      #expect(there.contains("rank \(rank) of"), "\(there)")
      #expect(there.contains("Items ─ \(concept) "), "\(there)")
      #expect(there.contains(key))
    }
  }
}
