// Workspaces that are damaged, newer, or of another kind: refused with the file and the fault
// named, never half-read.

import Foundation
import TestSupport
import Testing

@Suite struct BadWorkspaceTests {
  /// Every command that opens a workspace must refuse it alike.
  private func refused(
    _ workspace: String, in scratch: TemporaryFolder, _ parts: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for arguments in [
      ["info", workspace], ["plan", workspace, "--keep", "10%"],
      ["export", workspace, "--keep", "10%", "-o", scratch("keep.txt")],
    ] {
      expectRefusal(try winnow(arguments), parts, sourceLocation: sourceLocation)
    }
    let left = FileManager.default.fileExists(atPath: scratch("keep.txt"))
    #expect(!left, sourceLocation: sourceLocation)
  }

  private func replace(_ pattern: String, by text: String, in path: String) throws {
    let old = try String(contentsOfFile: path, encoding: .utf8)
    let new = old.replacing(try Regex(pattern), with: text)
    try #require(new != old, "\(path) has no \(pattern)")
    try new.write(toFile: path, atomically: false, encoding: .utf8)
  }

  @Test func noWorkspaceAtAll() throws {
    let scratch = try TemporaryFolder()
    try refused(scratch("nothing"), in: scratch, [scratch("nothing")])
    try scratch.write("folder/readme.txt", "no workspace")
    try refused(scratch("folder"), in: scratch, [scratch("folder"), "workspace.json"])
  }

  @Test func newerFormat() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try replace(#""format" : 1"#, by: #""format" : 2"#, in: "\(workspace)/workspace.json")
    try refused(
      workspace, in: scratch,
      ["\(workspace)/workspace.json", "expected format 1", "found format 2", "newer winnow"])
  }

  @Test func anotherDistance() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try replace("cosine", by: "euclidean", in: "\(workspace)/workspace.json")
    try refused(
      workspace, in: scratch,
      ["\(workspace)/workspace.json", "expected distance cosine", "found euclidean"])
  }

  @Test func workspaceJSONThatIsNone() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try scratch.write("copy.winnow/workspace.json", "{\"format\": 1, ")
    try refused(workspace, in: scratch, ["\(workspace)/workspace.json"])
  }

  @Test(arguments: ["centroids", "clusters", "members", "distances", "offsets"])
  func truncatedArray(name: String) throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    let path = "\(workspace)/\(name).npy"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    try scratch.write("copy.winnow/\(name).npy", Array(bytes.dropLast(8)))
    try refused(workspace, in: scratch, [path, "truncated"])
    try FileManager.default.removeItem(atPath: path)
    try refused(workspace, in: scratch, [path])
  }

  @Test func offsetsThatDoNotRise() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    let path = "\(workspace)/offsets.npy"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - 9] = 0x7f  // the last but one offset becomes enormous
    try scratch.write("copy.winnow/offsets.npy", bytes)
    try refused(workspace, in: scratch, [path])
  }

  @Test func clusterValueThatIsNotFinite() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    let path = "\(workspace)/clusters.npy"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f])
    try scratch.write("copy.winnow/clusters.npy", bytes)
    try refused(workspace, in: scratch, [path])
  }

  @Test func memberBeyondTheRowsIsRefusedWhenItIsRead() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    let path = "\(workspace)/members.npy"
    let array = try NpyArray(path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for place in bytes.count - array.bytes.count..<bytes.count { bytes[place] |= 0xf0 }
    try scratch.write("copy.winnow/members.npy", bytes)
    let result = try winnow("export", workspace, "--keep", "10%", "-o", scratch("keep.txt"))
    expectRefusal(result, [path])
    #expect(!FileManager.default.fileExists(atPath: scratch("keep.txt")))
  }

  // MARK: Verify

  /// Flips one bit of a file, runs `check`, and puts the file back.
  private func withFlippedBit(
    _ path: String, at place: Int, _ check: () throws -> Void
  ) throws {
    let url = URL(fileURLWithPath: path)
    let bytes = try Data(contentsOf: url)
    var changed = bytes
    changed[place] ^= 1
    try changed.write(to: url)
    try check()
    try bytes.write(to: url)
  }

  @Test func verifyFindsAFlippedBitInEveryFileOfAWorkspace() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    #expect(try winnow("verify", workspace).exitCode == 0)
    var files = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: workspace).sorted() {
      let path = "\(workspace)/\(name)"
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let outside = name == "build-log.json" || name.hasPrefix("plans") || name.hasPrefix("stage")
      if isFolder.boolValue || outside { continue }
      let size = try #require(
        FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
      files += 1
      for place in [0, size / 2, size - 1] {
        try withFlippedBit(path, at: place) {
          let result = try winnow("verify", workspace)
          #expect(result.exitCode == 1, "\(name), byte \(place): \(result.output)\(result.errors)")
          #expect(
            (result.output + result.errors).contains(name),
            "\(name), byte \(place): \(result.output)\(result.errors)")
        }
      }
    }
    #expect(files >= 9, "\(files) files")
    #expect(try winnow("verify", workspace).exitCode == 0, "all bits are back")
  }

  @Test func verifyFindsAMissingFile() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try FileManager.default.removeItem(atPath: "\(workspace)/captions/data.utf8")
    let result = try winnow("verify", workspace)
    #expect(result.exitCode == 1)
    #expect((result.output + result.errors).contains("captions/data.utf8"))
  }

  @Test(arguments: ["text", "rows", "datacomp", "csv", "jsonl"])
  func verifyFindsAFlippedBitInAManifest(format: String) throws {
    let scratch = try TemporaryFolder()
    let manifest = scratch("keep")
    try winnowSucceeds(
      "export", try SampleWorkspace.path, "--keep", "10%", "--format", format, "-o", manifest)
    #expect(try winnow("verify", manifest).exitCode == 0)
    #expect(try winnow("verify", "\(manifest).winnow.json").exitCode == 0)
    for file in [manifest, "\(manifest).winnow.json"] {
      let size = try Data(contentsOf: URL(fileURLWithPath: file)).count
      for place in stride(from: 0, to: size, by: max(1, size / 9)) {
        try withFlippedBit(file, at: place) {
          let result = try winnow("verify", manifest)
          #expect(
            result.exitCode == 1, "\(file), byte \(place): \(result.output)\(result.errors)")
          #expect(!result.errors.contains("ExitCode"), "\(result.errors)")
        }
      }
    }
    try FileManager.default.removeItem(atPath: "\(manifest).winnow.json")
    expectRefusal(try winnow("verify", manifest), ["\(manifest).winnow.json"])
  }
}
