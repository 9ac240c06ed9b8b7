// Workspaces that a script wrote array by array, as the explorer is measured on: a small one here
// must be a workspace to every command.

import Foundation
import TestSupport
import Testing

@Suite struct LargeWorkspaceTests {
  private func make(_ scratch: TemporaryFolder, _ arguments: [String]) throws -> String {
    let python = ProcessInfo.processInfo.environment["WINNOW_TEST_PYTHON"] ?? "python3"
    let result = try ProcessRunner.run(
      python,
      ["\(packageRoot())/Tests/Fixtures/make_large_workspace.py", scratch("large.winnow")]
        + arguments)
    try #require(result.exitCode == 0, "\(result.errors)")
    return scratch("large.winnow")
  }

  @Test(arguments: [
    ["--concepts", "2000", "--rows", "60000", "--largest", "9000"],
    ["--concepts", "3", "--rows", "1000", "--largest", "998", "--no-captions"],
  ])
  func everyCommandTakesIt(arguments: [String]) throws {
    let scratch = try TemporaryFolder()
    let workspace = try make(scratch, arguments)
    #expect(try winnowSucceeds("verify", workspace).output.contains("all agrees"))
    try winnowSucceeds(
      "export", workspace, "--keep", "27.7%", "--order", "easiest", "-o", scratch("keep.txt"))
    #expect(try winnowSucceeds("verify", scratch("keep.txt")).exitCode == 0)
    try "+ j Enter End\n:save-screen last.txt\n".write(
      toFile: scratch("script"), atomically: true, encoding: .utf8)
    try winnowSucceeds(
      "explore", workspace, "--script", scratch("script"), folder: scratch.path)
    let screen = try String(contentsOfFile: scratch("last.txt"), encoding: .utf8)
    #expect(screen.contains("Items"), "\(screen)")
  }
}
