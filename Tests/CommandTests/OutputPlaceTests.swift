// Outputs at places that are not plain new files: devices, pipes, links, the workspace itself.
// Renaming a finished file over a device would take the device away from the whole machine.

import Foundation
import TestSupport
import Testing

@Suite struct OutputPlaceTests {
  @Test(arguments: [[], ["--force"]])
  func aPipeIsNotReplaced(more: [String]) throws {
    let scratch = try TemporaryFolder()
    #expect(mkfifo(scratch("pipe"), 0o600) == 0)
    let result = try winnow(
      ["export", try SampleWorkspace.path, "--keep", "10%", "-o", scratch("pipe")] + more)
    expectRefusal(result, [scratch("pipe"), "a device or a pipe", "-o -"])
    #expect(isPipe(scratch("pipe")))
    #expect(try scratch.names() == ["pipe"])
  }

  @Test func aScriptDoesNotReplaceAPipe() throws {
    let scratch = try TemporaryFolder()
    #expect(mkfifo(scratch("pipe"), 0o600) == 0)
    let script = try scratch.write("keys", ":save-screen \(scratch("pipe"))\n")
    let result = try winnow("explore", try SampleWorkspace.path, "--script", script)
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(result.errors.contains("a device or a pipe"), "\(result.errors)")
    #expect(isPipe(scratch("pipe")))
  }

  @Test func aPipeIsNoInput() throws {
    let scratch = try TemporaryFolder()
    #expect(mkfifo(scratch("pipe"), 0o600) == 0)
    expectRefusal(
      try winnow("build", scratch("pipe"), "-o", scratch("out"), "--clusters", "2"),
      [scratch("pipe"), "a device or a pipe"])
    expectRefusal(try winnow("verify", scratch("pipe")), ["a device or a pipe"])
    #expect(try scratch.names() == ["pipe"])
  }

  @Test func whatALinkLeadsToIsReplacedAndTheLinkStays() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("real.txt", "old\n")
    try link("keep.txt", to: "real.txt", scratch)
    try winnowSucceeds(
      "export", try SampleWorkspace.path, "--keep", "10%", "-o", scratch("keep.txt"), "--force")
    let list = try String(contentsOfFile: scratch("real.txt"), encoding: .utf8)
    #expect(list.split(separator: "\n").count == 125)
    #expect(try target("keep.txt", scratch) == "real.txt")
    try winnowSucceeds("verify", scratch("keep.txt"))

    let rows = try scratch.write("rows.npy", embeddings(rows: 50, width: 16))
    try winnowSucceeds("build", rows, "-o", scratch("real.winnow"), "--clusters", "5")
    try link("mine.winnow", to: "real.winnow", scratch)
    try winnowSucceeds("build", rows, "-o", scratch("mine.winnow"), "--clusters", "6", "--force")
    #expect(try target("mine.winnow", scratch) == "real.winnow")
    #expect(try NpyArray(scratch("real.winnow/centroids.npy")).shape == [6, 16])
    #expect(!(try scratch.names().contains { $0.hasSuffix(".partial") }))
  }

  @Test func aLinkThatLeadsNowhereIsRefusedBeforeAnyWork() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 50, width: 16))
    try link("link", to: "gone", scratch)
    for command in [
      ["build", rows, "--clusters", "5"], ["export", try SampleWorkspace.path, "--keep", "10%"],
    ] {
      let result = try winnow(command + ["-o", scratch("link")])
      expectRefusal(result, [scratch("link"), "a broken link"])
      #expect(!result.errors.contains("rows,"), "it began: \(result.errors)")
    }
    #expect(try scratch.names() == ["link", "rows.npy"])
  }

  @Test(arguments: ["inside.txt", "plans/inside.txt"])
  func noListInsideItsWorkspace(name: String) throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    try FileManager.default.createDirectory(
      atPath: "\(workspace)/plans", withIntermediateDirectories: true)
    try link("link", to: "copy.winnow", scratch)
    let before = try scratch.contents()
    for folder in [workspace, scratch("link")] {
      expectRefusal(
        try winnow("export", workspace, "--keep", "10%", "-o", "\(folder)/\(name)"),
        ["\(folder)/\(name)", "inside the workspace"])
    }
    #expect(try scratch.contents() == before)
  }

  @Test func anEmptyPathIsRefused() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 50, width: 16))
    expectRefusal(
      try winnow("build", rows, "-o", "", "--clusters", "5", folder: scratch.path), ["--output"])
    expectRefusal(
      try winnow(
        "export", try SampleWorkspace.path, "--keep", "10%", "-o", "", folder: scratch.path),
      ["--output"])
    #expect(try scratch.names() == ["rows.npy"])
  }

  @Test func aHeaderIsNotReplacedByAList() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    try winnowSucceeds("export", workspace, "--keep", "10%", "-o", scratch("keep.txt"))
    let before = try scratch.contents()
    expectRefusal(
      try winnow(
        "export", workspace, "--keep", "10%", "-o", scratch("keep.txt.winnow.json"), "--force"),
      [scratch("keep.txt.winnow.json"), "choose another --output"])
    #expect(try scratch.contents() == before)
  }

  @Test func theDemoKeepsAListThatIsNotItsOwn() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("keep.txt", "precious\n")
    let result = try winnow("demo", scratch.path)
    #expect(result.exitCode == 1, "\(result.errors)")
    #expect(result.errors.contains(scratch("keep.txt")), "\(result.errors)")
    #expect(try String(contentsOfFile: scratch("keep.txt"), encoding: .utf8) == "precious\n")
  }

  private func isPipe(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  private func link(_ name: String, to target: String, _ scratch: TemporaryFolder) throws {
    try FileManager.default.createSymbolicLink(
      atPath: scratch(name), withDestinationPath: target)
  }

  private func target(_ name: String, _ scratch: TemporaryFolder) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: scratch(name))
  }
}
