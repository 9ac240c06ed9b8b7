// Ctrl-C: exit code 130 within a second, the old workspace as it was, and what was finished kept for
// the same command.

import Foundation
import TestSupport
import Testing

@Suite struct InterruptionTests {
  /// Starts the program, waits for its first message (the scan is done, training has begun), sends
  /// the signal, and prints the exit code and what else it said.
  private static let script = """
    import signal, subprocess, sys
    program = subprocess.Popen(
        sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in program.stderr:
        if line.startswith("scan"):
            break
    program.send_signal(getattr(signal, sys.argv[1]))
    output, errors = program.communicate()
    print(program.returncode, output, errors)
    """

  private static let build = [
    "build", "\(packageRoot())/assets/sample", "--clusters", "600", "--training-rows", "all",
  ]

  @Test(OutputTests.withPython, arguments: ["SIGINT", "SIGTERM", "SIGHUP"])
  func anInterruptedBuildContinues(signal: String) throws {
    let scratch = try TemporaryFolder()
    let result = try ProcessRunner.run(
      testPython()!,
      ["-c", Self.script, signal, winnowBinary()] + Self.build + ["-o", scratch("out.winnow")])
    #expect(result.output.hasPrefix("130 "), "\(result.output)\(result.errors)")
    #expect(
      result.output.contains(
        "interrupted; the same command continues where it stopped "
          + "(finished work is in \(scratch(".out.winnow.building")))"), "\(result.output)")
    #expect(try scratch.names() == [".out.winnow.building"])
    let second = try winnowSucceeds(Self.build + ["-o", scratch("out.winnow")])
    #expect(second.errors.contains("scan: 3 of 3 tasks already done"), "\(second.errors)")
    #expect(try scratch.names() == ["out.winnow"])
    try winnowSucceeds("verify", scratch("out.winnow"))
  }

  @Test(OutputTests.withPython) func anInterruptedForceKeepsTheOldWorkspace() throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.copy(into: scratch)
    let before = try scratch.contents()
    let result = try ProcessRunner.run(
      testPython()!,
      ["-c", Self.script, "SIGINT", winnowBinary()] + Self.build + ["-o", workspace, "--force"])
    #expect(result.output.hasPrefix("130 "), "\(result.output)\(result.errors)")
    #expect(try scratch.contents().filter { !$0.key.hasPrefix(".copy.winnow.building") } == before)
  }

  /// As in `winnow build 2>&1 | head -1`.
  @Test func aBuildWhoseMessagesNobodyReadsIsWhole() throws {
    let scratch = try TemporaryFolder()
    let result = try ProcessRunner.run(
      "bash",
      [
        "-c", "\"$0\" build \"$1\" -o \"$2\" --clusters 20 2>&1 | true; exit ${PIPESTATUS[0]}",
        winnowBinary(), "\(packageRoot())/assets/sample", scratch("out.winnow"),
      ])
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    #expect(try scratch.names() == ["out.winnow"])
    try winnowSucceeds("verify", scratch("out.winnow"))
  }

  /// As in `winnow plan | head -1`: it ends as every filter does, without a word.
  @Test func resultsThatNobodyReadsEndTheProgramQuietly() throws {
    let result = try ProcessRunner.run(
      "bash",
      [
        "-c", "\"$0\" plan \"$1\" | true; exit ${PIPESTATUS[0]}", winnowBinary(),
        try SampleWorkspace.path,
      ])
    #expect([0, 141].contains(result.exitCode), "\(result.exitCode)")
    #expect(result.standardError.isEmpty, "\(result.errors)")
  }
}
