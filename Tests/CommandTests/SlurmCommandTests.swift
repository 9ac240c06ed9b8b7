// `winnow slurm`, and what its submit.sh does with programs in the place of sbatch and its like: these
// note what they were asked, and fail where a test wants it.

import Foundation
import TestSupport
import Testing

/// Programs in the place of Slurm's, and the shell's own, with nothing else on PATH.
private struct StandIn {
  let scratch: TemporaryFolder
  let path: String

  /// - Parameter programs: those of Slurm that are there.
  init(_ scratch: TemporaryFolder, programs: [String] = ["sbatch", "squeue", "scancel"]) throws {
    self.scratch = scratch
    path = scratch("bin")
    for name in ["bash", "cut", "dirname", "env", "mkdir", "paste", "sort", "tee", "uname"] {
      let found = try ProcessRunner.run("bash", ["-c", "command -v \(name)"]).output.dropLast()
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/\(name)", withDestinationPath: String(found))
    }
    let texts = [
      // A job gets the number 100 and so on; the script named in FAIL is refused.
      "sbatch": """
      echo "$PWD: $*" >>"$CALLS"
      [[ $* != *"${FAIL:-nothing}"* ]] || { echo 'sbatch: error: no' >&2; exit 1; }
      calls=0
      while read -r _; do calls=$((calls + 1)); done <"$CALLS"
      [[ $* == *--test-only* ]] || echo "${ANSWER-$((calls + 99));here}"
      """,
      "squeue": "[[ $* == *--jobs=* ]] && printf '%s' \"${LEFT:-}\"",
      "scancel": "echo \"cancelled $*\" >>\"$CALLS\"",
    ]
    for name in programs {
      try scratch.program("bin/\(name)", "#!/usr/bin/env bash\n\(texts[name]!)\n")
    }
  }

  func submit(
    _ script: String, _ arguments: [String] = [], environment: [String: String?] = [:]
  ) throws -> ProcessResult {
    try? FileManager.default.removeItem(atPath: scratch("calls"))
    return try ProcessRunner.run(
      "\(path)/bash", [script] + arguments,
      environment: environment.merging(["PATH": path, "CALLS": scratch("calls")]) { $1 })
  }

  /// What the programs were asked.
  func calls() -> [String] {
    ((try? String(contentsOfFile: scratch("calls"), encoding: .utf8)) ?? "")
      .split(separator: "\n").map(String.init)
  }
}

@Suite struct SlurmCommandTests {
  private static let sample = "\(packageRoot())/assets/sample"

  /// Writes the scripts of a build of the sample.
  ///
  /// - Returns: the path of submit.sh.
  private func write(_ scratch: TemporaryFolder, _ more: String..., name: String = "it's.winnow")
    throws -> String
  {
    let result = try winnowSucceeds(
      ["slurm", Self.sample, "-o", scratch(name), "--clusters", "20", "--partition", "cpu"] + more)
    return String(result.output.dropLast())
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// The words of every line of submit.sh that submits: stage, script, stages before.
  private func submissions(_ submit: String) throws -> [[String]] {
    try String(contentsOfFile: submit, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("submit ") }
      .map { $0.split(separator: " ").dropFirst().map(String.init) }
  }

  @Test func jobsAreSubmittedInOrderEachAfterWhatItNeeds() throws {
    let scratch = try TemporaryFolder()
    let submit = try write(scratch)
    #expect(submit == scratch("it's.winnow.slurm/submit.sh"))
    let standIn = try StandIn(scratch)
    let result = try standIn.submit(submit)
    #expect(result.exitCode == 0, "\(result.errors)")

    let folder = scratch("it's.winnow.slurm")
    let lines = try submissions(submit)
    #expect(lines.count > 8)
    #expect(
      lines.map { $0[1] } == (try names(folder).filter { $0.hasPrefix("0") || $0.hasPrefix("1") }))
    var number: [String: Int] = [:]
    var expected: [String] = []
    for (place, words) in lines.enumerated() {
      let before = words[2...].map { ":\(number[$0] ?? -1)" }.joined()
      let dependency = before.isEmpty ? "" : "--dependency=afterok\(before) "
      expected.append("\(folder): --parsable \(dependency)\(words[1])")
      number[words[0]] = 100 + place
    }
    #expect(standIn.calls() == expected)
    #expect(lines.last?[0] == "finish")

    let jobs = lines.enumerated().map { "\(100 + $0) \($1[0])\n" }.joined()
    #expect(try String(contentsOfFile: "\(folder)/jobs", encoding: .utf8) == jobs)
    #expect(result.output.hasPrefix(jobs), "\(result.output)")
    let ids = lines.indices.map { "\(100 + $0)" }
    for text in [
      "squeue --jobs=\(ids.joined(separator: ","))\n", "scancel \(ids.joined(separator: " "))\n",
      "\(folder)/log",
    ] { #expect(result.output.contains(text), "\(result.output)") }
    #expect(try names(folder).contains("log"))
  }

  @Test func whatWasSubmittedGoesWhenOneIsRefused() throws {
    let scratch = try TemporaryFolder()
    let submit = try write(scratch)
    let standIn = try StandIn(scratch)
    let fourth = try submissions(submit)[3][1]
    let result = try standIn.submit(submit, environment: ["FAIL": fourth])
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("Slurm did not accept \(fourth)"), "\(result.errors)")
    #expect(result.errors.contains("are cancelled"), "\(result.errors)")
    #expect(standIn.calls().count == 5)
    #expect(standIn.calls().last == "cancelled 100 101 102")
    let jobs = scratch("it's.winnow.slurm/jobs")
    #expect(try String(contentsOfFile: jobs, encoding: .utf8).isEmpty)

    let first = try standIn.submit(submit, environment: ["FAIL": "01-"])
    #expect(first.exitCode == 1)
    #expect(standIn.calls().count == 1, "nothing is cancelled when nothing was submitted")

    let odd = try standIn.submit(submit, environment: ["ANSWER": "Welcome to the cluster"])
    #expect(odd.exitCode == 1)
    #expect(odd.errors.contains("'Welcome to the cluster'"), "\(odd.errors)")
  }

  @Test func jobsThatAreStillThereAreNotSubmittedAgain() throws {
    let scratch = try TemporaryFolder()
    let submit = try write(scratch)
    let standIn = try StandIn(scratch)
    #expect(try standIn.submit(submit).exitCode == 0)
    let result = try standIn.submit(submit, environment: ["LEFT": "103\n103\n101\n"])
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("scancel 101 103\n"), "\(result.errors)")
    #expect(standIn.calls().isEmpty)
    #expect(try standIn.submit(submit).exitCode == 0)
  }

  /// The list behind the example scripts in assets/slurm. WINNOW_WRITE_GOLDEN=1 updates it; then
  /// update the scripts (SlurmScriptsTests).
  @Test func theExampleListIsWhatTheProgramPrints() throws {
    let scratch = try TemporaryFolder()
    let path = "\(packageRoot())/assets/slurm/tasks.json"
    var shown = try String(contentsOfFile: path, encoding: .utf8)
    func stages(_ json: String) -> Substring { json[json.range(of: "\"stages\"")!.lowerBound...] }
    let workspace = "/shared/clipart.winnow"
    let list = try winnowSucceeds([
      "task", "list", Self.sample, "-o", scratch("x.winnow"), "--clusters", "60", "--threads", "8",
    ]).output.replacing(scratch("x.winnow"), with: workspace)
    if ProcessInfo.processInfo.environment["WINNOW_WRITE_GOLDEN"] == "1" {
      shown.replaceSubrange(stages(shown).startIndex..., with: stages(list))
      try Data(shown.utf8).write(to: URL(fileURLWithPath: path))
    }
    #expect(stages(shown) == stages(list))
  }

  @Test func slurmCanBeAskedOnly() throws {
    let scratch = try TemporaryFolder()
    let submit = try write(scratch)
    let standIn = try StandIn(scratch)
    let count = try submissions(submit).count
    #expect(try standIn.submit(submit, ["--test-only"]).exitCode == 0)
    #expect(standIn.calls().count == count)
    #expect(standIn.calls().allSatisfy { $0.contains(": --test-only ") })
    let refused = try standIn.submit(submit, ["--test-only"], environment: ["FAIL": "04-"])
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("would not accept 04-"), "\(refused.errors)")
    #expect(!(try names(scratch("it's.winnow.slurm")).contains("jobs")))
    #expect(try standIn.submit(submit, ["--help"]).exitCode == 2)
  }

  @Test func withoutSlurmNothingHappens() throws {
    let scratch = try TemporaryFolder()
    let submit = try write(scratch)
    let result = try StandIn(scratch, programs: []).submit(submit)
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("no sbatch on "), "\(result.errors)")
    #expect(!(try names(scratch("it's.winnow.slurm")).contains("jobs")))
  }

  @Test func ownScriptsAreReplacedAndLogsStay() throws {
    let scratch = try TemporaryFolder()
    let folder = scratch("it's.winnow.slurm")
    _ = try write(scratch)
    let before = try names(folder)
    try scratch.write("it's.winnow.slurm/log/05-scan-1_0.out", "log")
    try scratch.write("it's.winnow.slurm/jobs", "1 scan\n")
    // As an older program may have written it, and one that was killed.
    try scratch.write("it's.winnow.slurm/99-old.sh", "#!/bin/sh\n# Written by winnow slurm (0.0)\n")
    try scratch.write("it's.winnow.slurm/01-metadata.sh.123.partial", "#!")
    _ = try write(scratch, "--array", "2", "--qos", "high")
    #expect(try names(folder) == (before + ["jobs", "log"]).sorted())
    let scan = try #require(before.first { $0.hasSuffix("-scan.sh") })
    let text = try String(contentsOfFile: "\(folder)/\(scan)", encoding: .utf8)
    #expect(text.contains("#SBATCH --array=0-1\n") && text.contains("#SBATCH --qos=high\n"))
    #expect(FileManager.default.fileExists(atPath: "\(folder)/log/05-scan-1_0.out"))
  }

  @Test(arguments: ["mine.txt", "run.sh", "sub/x"])
  func aFolderOfSomethingElseIsRefused(_ name: String) throws {
    let scratch = try TemporaryFolder()
    try scratch.write("scripts/\(name)", "#!/bin/sh\n# mine\n")
    let before = try scratch.contents()
    let result = try winnow(
      "slurm", Self.sample, "-o", scratch("w"), "--clusters", "20", "--partition", "cpu",
      "--scripts", scratch("scripts"))
    expectRefusal(
      result, [scratch("scripts"), name.split(separator: "/")[0].description, "--scripts"])
    #expect(try scratch.contents() == before)
  }

  @Test func placesThatSlurmOrTheBuildCannotUseAreRefused() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("file", "")
    func refusal(_ output: String, _ scripts: String?, _ parts: [String]) throws {
      let more = scripts.map { ["--scripts", $0] } ?? []
      let result = try winnow(
        ["slurm", Self.sample, "-o", output, "--clusters", "20", "--partition", "cpu"] + more)
      expectRefusal(result, parts)
    }
    try refusal(scratch("100%"), nil, ["100%.slurm", "--scripts"])
    try refusal(scratch("w"), scratch("a\\b"), ["a\\\\b", "--scripts"])
    try refusal(scratch("w"), scratch("file"), [scratch("file"), "something else"])
    try refusal(scratch("w"), scratch("w"), ["outside the workspace"])
    try refusal(scratch("w"), scratch("w/scripts"), ["outside the workspace"])
    try refusal(scratch("a\nb"), nil, ["a\\nb", "line breaks"])
    #expect(try scratch.names() == ["file"])
    _ = try write(scratch, "--scripts", scratch("elsewhere"), name: "100%")
    #expect(try names(scratch("elsewhere")).contains("submit.sh"))
  }

  @Test func wrongUsageNamesTheFlag() throws {
    let scratch = try TemporaryFolder()
    for (flags, part) in [
      (["--partition", "a b"], "--partition"), (["--partition", "p", "--time", "9"], "--time"),
      (["--partition", "p", "--array", "0"], "--array"),
      (["--partition", "p", "--sbatch", "--array=0-3"], "--sbatch"), ([], "--partition"),
    ] {
      let result = try winnow(
        ["slurm", Self.sample, "-o", scratch("w"), "--clusters", "20"] + flags)
      expectRefusal(result, exitCode: 2, [part])
    }
    #expect(try scratch.names().isEmpty)
  }
}
