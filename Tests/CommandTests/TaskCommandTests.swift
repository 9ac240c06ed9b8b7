// `winnow task`: what it prints and refuses, and tasks that processes do, killed in the middle, in any
// order, two at once.

import Foundation
import Storage
import TestSupport
import Testing

@Suite struct TaskCommandTests {
  private static let sample = "\(packageRoot())/assets/sample"

  private struct Recorded {
    let scratch: TemporaryFolder
    var workspace: String { scratch("ws") }
    var stage: String { scratch(".ws.building/stage") }

    init(_ flags: [String] = [], input: String = TaskCommandTests.sample) throws {
      scratch = try TemporaryFolder()
      try winnowSucceeds(
        ["task", "list", input, "-o", scratch("ws"), "--clusters", "12"] + flags)
    }

    func run(_ words: String...) throws -> ProcessResult {
      try winnow(["task", "run"] + words + ["-o", workspace])
    }
  }

  private func stages(_ text: String) throws -> [[String: Any]] {
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    return try #require(list["stages"] as? [[String: Any]])
  }

  @Test func theListSaysWhatThereIsToDo() throws {
    let recorded = try Recorded()
    let list = ["task", "list", "-o", recorded.workspace]
    let before = try stages(winnowSucceeds(list).output)
    let names = before.compactMap { $0["name"] as? String }
    #expect(names.first == "metadata" && names.last == "finish")
    for (place, stage) in before.enumerated() {
      let after = try #require(stage["after"] as? [String])
      #expect(after.allSatisfy { names[..<place].contains($0) }, "\(stage)")
      #expect(try #require(stage["tasks"] as? Int) >= 1)
      #expect(try #require(stage["threads"] as? Int) >= 1)
      #expect(try #require(stage["memory"] as? Int) > 1 << 20)
      #expect(stage["done"] as? Int == 0)
    }
    let scan = try #require(before.first { $0["name"] as? String == "scan" })
    #expect(scan["tasks"] as? Int == 3 && scan["exact"] as? Bool == true)
    #expect(try recorded.run("scan", "1").errors == "scan: 1 task done\n")
    #expect(try recorded.run("scan", "1").errors == "scan: already done\n")
    #expect(try recorded.run("scan", "0", "--of", "2").errors == "scan: 2 tasks done\n")
    let after = try stages(winnowSucceeds(list).output)
    #expect(after.first { $0["name"] as? String == "scan" }?["done"] as? Int == 3)
  }

  @Test func recordingAgainKeepsWhatIsDone() throws {
    let recorded = try Recorded()
    _ = try recorded.run("scan", "0", "1", "2")
    let again = ["task", "list", Self.sample, "-o", recorded.workspace, "--clusters"]
    for clusters in ["12", "13"] {
      let result = try winnowSucceeds(again + [clusters])
      #expect(result.errors.contains("scan: 3 of 3 tasks already done\n"))
      #expect(result.errors.components(separatedBy: "scan: ").count == 2, "\(result.errors)")
    }
  }

  @Test func whatCannotBeDoneIsRefused() throws {
    let recorded = try Recorded()
    // The first stage that is missing is named, so the way out works.
    expectRefusal(
      try recorded.run("sort", "0"),
      ["stage scan: expected all 3 tasks to be finished", "winnow task run scan 0"])
    #expect(try recorded.run("scan", "0").exitCode == 0)
    expectRefusal(
      try recorded.run("scan", "3"), ["stage scan: expected a task from 0 to 2, found 3"])
    expectRefusal(try recorded.run("dedup", "0"), ["stage dedup: this build has no such stage"])
    expectRefusal(try recorded.run("scan"), exitCode: 2, ["<tasks>"])
    expectRefusal(try recorded.run("scan", "-1"), exitCode: 2, [])
    expectRefusal(try recorded.run("scan", "2", "--of", "2"), exitCode: 2, ["a share below 2"])
    expectRefusal(
      try winnow("task", "run", "scan", "0", "-o", recorded.scratch("other")),
      ["\(recorded.scratch("other")): expected a recorded build, found none"])
    expectRefusal(
      try winnow("task", "list", "-o", recorded.scratch("other")),
      ["expected a recorded build", "winnow task list INPUT..."])
    expectRefusal(
      try winnow("task", "list", Self.sample, "-o", recorded.scratch("other")), exitCode: 2,
      ["--clusters: expected the number of concepts"])
    #expect(try recorded.scratch.names() == [".ws.building"])
  }

  /// A worker on a machine that has another file at the same path.
  @Test func anotherFileThanTheDriverSawIsRefused() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 900, width: 4))
    let recorded = try Recorded(input: rows)
    var bytes = embeddings(rows: 900, width: 4)
    bytes[bytes.count - 1] ^= 1
    let attributes = try FileManager.default.attributesOfItem(atPath: rows)
    try scratch.write("rows.npy", bytes)
    expectRefusal(
      try recorded.run("scan", "0"),
      ["\(rows): expected the file that the build was recorded with", "its modification time was"])
    // Even with the same size and time.
    try FileManager.default.setAttributes(
      [.modificationDate: attributes[.modificationDate]!], ofItemAtPath: rows)
    let refused = try recorded.run("scan", "0")
    #expect(refused.exitCode == 1, "\(refused.errors)")
    #expect(refused.errors.contains("has changed") || refused.errors.contains("modification time"))
    #expect(!FileManager.default.fileExists(atPath: recorded.stage + "/scan/shard-0.json"))
  }

  @Test func anotherVersionThanTheDriversIsRefused() throws {
    let recorded = try Recorded()
    let path = recorded.stage + "/build/record.json"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    let text = String(whole.dropLast(66))
      .replacing("\"program\" : \"0.1.0\"", with: "\"program\" : \"0.0.9\"")
    var digest = Digest()
    digest.update(Array(text.utf8))
    try "\(text)\n\(digest.hex())\n".write(toFile: path, atomically: false, encoding: .utf8)
    expectRefusal(
      try recorded.run("scan", "0"),
      ["recorded by winnow 0.0.9, but this is winnow 0.1.0", "all machines need the same version"])
    try String(text.dropLast(9)).write(toFile: path, atomically: false, encoding: .utf8)
    expectRefusal(try recorded.run("scan", "0"), ["record.json: it is not a complete build record"])
  }

  @Test(.enabled(if: Mounts.areAllowed, "\(Mounts.obstacle ?? "")"))
  func aFullOrReadOnlyFolderLosesNothing() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 30_000, width: 4))
    let disk = scratch("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let result = try Mounts.run(
      """
      winnow=$2 rows=$3
      $winnow task list $rows -o $1/ws --clusters 4 --training-rows 50 2>/dev/null >$1/list || exit 98
      run() { $winnow task run $1 0 --of 1 -o $disk/ws; echo "$1 $?"; }
      disk=$1
      for stage in scan train; do run $stage; done
      head -c 10000000 /dev/zero >$1/filler 2>/dev/null
      run assign
      rm $1/filler
      mount -o remount,ro $1
      run assign
      mount -o remount,rw $1
      for stage in assign cut parts sort score name finish; do run $stage; done
      ls -A $1
      """, on: disk, size: 1 << 20, [rows])
    #expect(result.exitCode == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "scan 0", "train 0", "assign 1", "assign 1", "assign 0", "cut 0", "parts 0", "sort 0",
        "score 0", "name 0", "finish 0", "list", "ws",
      ], "\(lines) \(result.errors)")
    #expect(result.errors.contains("cannot write it: no space left on device"), "\(result.errors)")
    #expect(result.errors.contains("read-only file system"), "\(result.errors)")
  }

  @Test func randomOrderKillsAndTwoAtOnce() throws {
    let python = ProcessInfo.processInfo.environment["WINNOW_TEST_PYTHON"] ?? "python3"
    let script = "\(packageRoot())/Tests/Peers/schedule_check.py"
    let result = try ProcessRunner.run(
      python,
      [
        script, winnowBinary(), Self.sample, "--schedules", "4", "--", "--clusters", "12",
        "--dedup", "0.1", "--dedup-clusters", "3",
      ], timeout: 300)
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("4 schedules: fingerprint"), "\(result.output)")
  }
}
