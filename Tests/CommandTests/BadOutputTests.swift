// What happens when the output cannot be written: the message names the place and the way out, no
// half-written file stays, and what was there before is untouched.

import Foundation
import TestSupport
import Testing

@Suite struct BadOutputTests {
  private func input(_ scratch: TemporaryFolder, rows: Int = 50) throws -> String {
    try scratch.write("rows.npy", embeddings(rows: rows, width: 16))
  }

  // MARK: Disks

  /// What is on the disk after a refusal, hidden files too.
  private let listing = "; code=$?; echo listing; find \"$1\" -mindepth 1; exit $code"

  @Test(.enabled(if: Mounts.areAllowed, "cannot mount a small disk: \(Mounts.obstacle ?? "")"))
  func buildOnAFullDisk() throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch, rows: 5000)  // 5000 x (4 + 4) bytes of arrays and more
    try FileManager.default.createDirectory(
      atPath: scratch("disk"), withIntermediateDirectories: false)
    let result = try Mounts.run(
      """
      "$2" build "$3" -o "$1/out.winnow" --clusters 5; code=$?
      echo listing; find "$1" -mindepth 1; echo larger
      mount -o remount,size=8m "$1"; "$2" build "$3" -o "$1/out.winnow" --clusters 5 >&2 || exit 9
      ls -A "$1"; exit $code
      """, on: scratch("disk"), size: 32 << 10, [rows])
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    // What was finished stays, and nothing half-written; with more space it goes on.
    #expect(!result.output.contains("partial"), "left behind: \(result.output)")
    #expect(result.output.hasSuffix("larger\nout.winnow\n"), "\(result.output)")
    #expect(
      result.errors.contains("finished work is in \(scratch("disk/.out.winnow.building"))"),
      "\(result.errors)")
    #expect(result.errors.contains("scan: 1 of 1 tasks already done"), "\(result.errors)")
    #expect(result.errors.contains(scratch("disk")), "\(result.errors)")
    #expect(result.errors.contains("no space left on device"), "\(result.errors)")
    #expect(result.errors.contains("free some space"), "\(result.errors)")
  }

  @Test(.enabled(if: Mounts.areAllowed, "cannot mount a small disk: \(Mounts.obstacle ?? "")"))
  func exportOnAFullDiskKeepsTheOldFile() throws {
    let scratch = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: scratch("disk"), withIntermediateDirectories: false)
    let result = try Mounts.run(
      """
      echo old > "$1/keep.txt"; head -c 20480 /dev/zero > "$1/ballast"
      "$2" export "$3" --keep 90% --format text --force -o "$1/keep.txt"
      code=$?; echo listing; ls -A "$1"; cat "$1/keep.txt"; exit $code
      """, on: scratch("disk"), size: 32 << 10, [SampleWorkspace.path])
    #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
    #expect(result.output == "listing\nballast\nkeep.txt\nold\n")
    #expect(result.errors.contains("no space left on device"), "\(result.errors)")
  }

  @Test(.enabled(if: Mounts.areAllowed, "cannot mount a small disk: \(Mounts.obstacle ?? "")"))
  func readOnlyDisk() throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch)
    try FileManager.default.createDirectory(
      atPath: scratch("disk"), withIntermediateDirectories: false)
    for command in [
      "build \"$3\" -o \"$1/out.winnow\" --clusters 5",
      "export \"$4\" --keep 10% --format rows -o \"$1/keep.npy\"",
    ] {
      let result = try Mounts.run(
        "mount -o remount,ro \"$1\"; \"$2\" \(command)" + listing, on: scratch("disk"),
        size: 1 << 20, [rows, SampleWorkspace.path])
      #expect(result.exitCode == 1, "\(result.output)\(result.errors)")
      #expect(result.output == "listing\n", "left behind: \(result.output)")
      #expect(result.errors.contains(scratch("disk")), "\(result.errors)")
      #expect(result.errors.contains("read-only file system"), "\(result.errors)")
      #expect(result.errors.contains("choose a place that you can write to"), "\(result.errors)")
    }
  }

  @Test func unwritableFolder() throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch)
    // Permissions do not bind root, but nobody makes folders in /sys.
    let isRoot = getuid() == 0
    let folder = isRoot ? "/sys/kernel" : scratch("locked")
    if !isRoot {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
    }
    let before = try scratch.contents()
    for arguments in [
      ["build", rows, "-o", "\(folder)/out.winnow", "--clusters", "5"],
      ["export", try SampleWorkspace.path, "--keep", "10%", "-o", "\(folder)/keep.txt"],
    ] {
      let result = try winnow(arguments)
      expectRefusal(result, ["\(folder)/", "choose a place that you can write to"])
      let texts = ["permission denied", "operation not permitted", "read-only file system"]
      #expect(texts.contains { result.errors.contains($0) }, "\(result.errors)")
      #expect(try scratch.contents() == before)
    }
  }

  @Test func missingFolder() throws {
    let scratch = try TemporaryFolder()
    let result = try winnow(
      "export", try SampleWorkspace.path, "--keep", "10%", "-o", scratch("no/such/keep.txt"))
    expectRefusal(result, [scratch("no/such/keep.txt"), "no such file or directory"])
    #expect(try scratch.contents().isEmpty)
  }

  // MARK: Existing output

  @Test func existingWorkspaceNeedsForce() throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch)
    let workspace = scratch("out.winnow")
    try winnowSucceeds("build", rows, "-o", workspace, "--clusters", "5")
    let before = try scratch.contents()
    expectRefusal(
      try winnow("build", rows, "-o", workspace, "--clusters", "6"), [workspace, "--force"])
    #expect(try scratch.contents() == before)

    try winnowSucceeds("build", rows, "-o", workspace, "--clusters", "6", "--force")
    #expect(try NpyArray("\(workspace)/centroids.npy").shape == [6, 16])
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.sorted() == ["out.winnow", "rows.npy"])
  }

  @Test func aFailedForceKeepsTheOldWorkspace() throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch)
    let workspace = scratch("out.winnow")
    try winnowSucceeds("build", rows, "-o", workspace, "--clusters", "5")
    let before = try scratch.contents()
    expectRefusal(
      try winnow("build", rows, "-o", workspace, "--clusters", "51", "--force"), ["--clusters"])
    #expect(try scratch.contents() == before)
  }

  @Test(arguments: [true, false])
  func forceDoesNotReplaceWhatIsNoWorkspace(isFolder: Bool) throws {
    let scratch = try TemporaryFolder()
    let rows = try input(scratch)
    let precious = isFolder ? "precious/letter.txt" : "precious"
    try scratch.write(precious, "dear all\n")
    let before = try scratch.contents()
    for force in [[], ["--force"]] {
      let result = try winnow(
        ["build", rows, "-o", scratch("precious"), "--clusters", "5"] + force)
      expectRefusal(result, [scratch("precious"), "choose another --output"])
      #expect(try scratch.contents() == before)
    }
  }

  @Test func existingManifestNeedsForce() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    let output = scratch("keep.txt")
    try winnowSucceeds("export", workspace, "--keep", "10%", "-o", output)
    let before = try scratch.contents()
    #expect(before.keys.sorted() == ["keep.txt", "keep.txt.winnow.json"])
    expectRefusal(
      try winnow("export", workspace, "--keep", "20%", "-o", output), [output, "--force"])
    #expect(try scratch.contents() == before)
    try winnowSucceeds("export", workspace, "--keep", "20%", "-o", output, "--force")
    #expect(try scratch.contents()["keep.txt"] != before["keep.txt"])
  }
}
