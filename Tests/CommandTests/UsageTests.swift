// Wrong usage is exit code 2 and a message that names the flag; a target that cannot be met is
// exit code 1 and names what can.

import Foundation
import TestSupport
import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    ["--no-such-flag"], ["nosuchcommand", "a", "b"], ["build"], ["build", "x.npy"],
    ["build", "x.npy", "-o", "y", "--clusters", "0"],
    ["build", "x.npy", "-o", "y", "--clusters", "many"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--threads", "0"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--iterations", "-1"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--training-rows", "some"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--kernels", "quantum"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup", "0"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup", "1"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup", "nan"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup", "0.1", "--dedup-rule", "first"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup", "0.1", "--dedup-clusters", "0"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup-clusters", "3"],
    ["build", "x.npy", "-o", "y", "--clusters", "5", "--dedup-rule", "chain"],
    ["dedup-curve"], ["dedup-curve", "x.npy", "--dedup-clusters", "-1"],
    ["plan"], ["export"], ["verify"], ["info"], ["explore"], ["explore", "x", "-o", "-"],
    ["explore", "x", "-o", ""],
  ])
  func wrongUsageIsTwo(arguments: [String]) throws {
    let scratch = try TemporaryFolder()
    let result = try winnow(arguments, folder: scratch.path)
    #expect(result.exitCode == 2, "\(arguments): \(result.errors)")
    #expect(result.standardOutput.isEmpty, "\(arguments)")
    #expect(!result.standardError.isEmpty, "\(arguments)")
    #expect(try scratch.contents().isEmpty)
  }

  @Test(arguments: [
    ("--keep", "lots"), ("--keep", "-3"), ("--keep", "101%"), ("--keep", "2.5"), ("--tau", "0"),
    ("--tau", "-1"), ("--tau", "nan"), ("--tau", "warm"), ("--strategy", "magic"),
    ("--order", "alphabetical"), ("--minimum", "-1"), ("--share", "1.5"), ("--share", "-0.1"),
    ("--selection-seed", "x"), ("--threads", "0"),
  ])
  func wrongValueNamesTheFlag(flag: String, value: String) throws {
    let scratch = try TemporaryFolder()
    let keep = flag == "--keep" ? [] : ["--keep", "10%"]
    let result = try winnow(
      ["export", try SampleWorkspace.path, "-o", scratch("keep.txt")] + keep + ["\(flag)=\(value)"])
    #expect(result.exitCode == 2, "\(flag)=\(value): \(result.errors)")
    #expect(result.errors.contains(flag.dropFirst(2)), "\(flag)=\(value): \(result.errors)")
    #expect(try scratch.contents().isEmpty)
  }

  /// A dash begins a value, too: the message is about the number, not about a missing one.
  @Test(arguments: [
    ("--keep", "-5"), ("--tau", "-1"), ("--minimum", "-1"), ("--share", "-0.1"),
    ("--threads", "-1"), ("--threads", "4097"), ("--selection-seed", "-1"),
  ])
  func aNegativeValueIsNamed(flag: String, value: String) throws {
    let keep = flag == "--keep" ? [] : ["--keep", "10%"]
    let result = try winnow(
      ["export", try SampleWorkspace.path, "-o", "keep.txt"] + keep + [flag, value])
    expectRefusal(result, exitCode: 2, [flag, value])
  }

  @Test(arguments: ["bild", "Build", "biuld"])
  func aMisspeltCommandIsNamed(word: String) throws {
    let scratch = try TemporaryFolder()
    for arguments in [[word], [word, "x.npy", "-o", "y"]] {
      expectRefusal(
        try winnow(arguments, folder: scratch.path), exitCode: 2,
        ["'\(word)'", "winnow build", "--help"])
    }
    expectRefusal(try winnow("xyzzy", folder: scratch.path), exitCode: 2, ["'xyzzy'", "--help"])
  }

  /// What has the name of a path, or is one, is taken for a workspace.
  @Test func aPathIsNoMisspeltCommand() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("bild/x", "")
    for word in ["bild", "./build", "my.winnow"] {
      expectRefusal(
        try winnow(word, folder: scratch.path), ["\(word): expected a workspace"])
    }
  }

  @Test func unknownFormatNamesTheKnownOnes() throws {
    let scratch = try TemporaryFolder()
    let result = try winnow(
      "export", try SampleWorkspace.path, "--keep", "10%", "--format", "excel", "-o",
      scratch("keep"))
    expectRefusal(result, exitCode: 2, ["excel", "text", "rows", "datacomp", "csv", "jsonl"])
  }

  @Test(arguments: [
    (["--help"], "explore"), (["build", "--help"], "--clusters"), (["export", "--help"], "--keep"),
    (["plan", "--help"], "--tau"),
  ])
  func helpIsDataAndNoError(arguments: [String], part: String) throws {
    let result = try winnow(arguments)
    #expect(result.exitCode == 0)
    #expect(result.output.contains(part), "\(result.output)")
    #expect(result.standardError.isEmpty, "\(result.errors)")
  }

  @Test func versionIsOneLine() throws {
    let result = try winnow("--version")
    #expect(result.exitCode == 0)
    #expect(try result.output.wholeMatch(of: Regex("[a-z ]*[0-9]+[.][0-9]+[.][0-9]+.*\n")) != nil)
    #expect(result.standardError.isEmpty, "\(result.errors)")
  }

  // MARK: Targets

  @Test(arguments: ["1251", "3", "999999"])
  func targetOutsideTheFeasibleInterval(keep: String) throws {
    let scratch = try TemporaryFolder()
    // 20 concepts, all occupied, of 1,250 rows, and at least one of each.
    for arguments in [
      ["plan", try SampleWorkspace.path, "--keep", keep],
      ["export", try SampleWorkspace.path, "--keep", keep, "-o", scratch("keep.txt")],
    ] {
      let result = try winnow(arguments)
      #expect(result.exitCode == 1, "\(result.errors)")
      let digits = result.errors.filter { $0 != "," }
      #expect(digits.contains("20"), "\(result.errors)")
      #expect(digits.contains("1250"), "\(result.errors)")
      #expect(digits.contains(keep), "\(result.errors)")
    }
    #expect(try scratch.contents().isEmpty)
  }

  @Test(arguments: ["20", "1", "100%"])
  func targetAtTheEdgeIsFine(keep: String) throws {
    let result = try winnow("plan", try SampleWorkspace.path, "--keep", keep, "--csv")
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 21, "\(result.output)")
  }

  // MARK: The explorer without a place to be

  @Test func exploreWithoutATerminal() throws {
    for arguments in [["explore", try SampleWorkspace.path], [try SampleWorkspace.path]] {
      expectRefusal(try winnow(arguments), ["terminal", "winnow plan"])
    }
  }

  /// `script` gives the program a terminal of its own, so that only TERM is wrong.
  @Test(arguments: ["dumb", "", "no-such-terminal-anywhere"])
  func exploreOnATerminalThatCannotDoIt(term: String) throws {
    let result = try ProcessRunner.run(
      "script",
      ["-qec", "'\(winnowBinary())' explore '\(try SampleWorkspace.path)'", "/dev/null"],
      environment: ["TERM": term])
    #expect(!result.timedOut)
    #expect(result.exitCode == 1, "\(result.output)")
    #expect(result.output.contains("TERM"), "\(result.output)")
    #expect(!result.output.contains("\u{1b}["), "escape sequences: \(result.output)")
  }
}
