// The tests of the commands are worth what the runner below them is worth.

import TestSupport
import Testing

@Suite struct ProcessRunnerTests {
  @Test func keepsTheStreamsApartAndTellsTheExitCode() throws {
    let result = try ProcessRunner.run(
      "sh", ["-c", "cat; echo wrong >&2; exit 7"], input: [65, 10])
    #expect(result.output == "A\n")
    #expect(result.errors == "wrong\n")
    #expect(result.exitCode == 7)
    #expect(!result.timedOut)
  }

  @Test func muchOutputOnBothStreamsDoesNotBlock() throws {
    let result = try ProcessRunner.run(
      "sh", ["-c", "head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2"])
    #expect(result.standardOutput.count == 9_000_000)
    #expect(result.standardError.count == 9_000_000)
  }

  @Test func theTimeoutKillsTheChildrenToo() throws {
    let result = try ProcessRunner.run("sh", ["-c", "sleep 600 & sleep 600"], timeout: 0.2)
    #expect(result.timedOut)
    #expect(result.exitCode == 128 + 9)
  }

  @Test func environmentFolderAndSignalsAreAsAsked() throws {
    let result = try ProcessRunner.run(
      "sh", ["-c", "echo $WINNOW_A-$HOME; pwd; kill -TERM $$"],
      environment: ["WINNOW_A": "1", "HOME": nil], folder: "/usr")
    #expect(result.output == "1-\n/usr\n")
    #expect(result.exitCode == 128 + 15)
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: RunFailure.self) { try ProcessRunner.run("no-such-program-anywhere") }
  }
}
