// What a command says of its progress on standard error: lines, JSON, a bar, nothing.

import Foundation
import TestSupport
import Testing

@Suite struct ProgressTests {
  /// What does not change from run to run of an object on standard error.
  private struct Report: Decodable, Equatable {
    var stage: String?
    var number: Int?
    var stages: Int?
    var done: Int?
    var total: Int?
    var unit: String?
    var message: String?
  }

  private func build(
    _ scratch: TemporaryFolder, _ arguments: [String], environment: [String: String?] = [:]
  ) throws -> ProcessResult {
    let result = try winnow(
      [
        "build", "\(packageRoot())/assets/sample", "-o", scratch("out.winnow"), "--clusters", "20",
      ] + arguments, environment: environment)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.standardOutput.isEmpty)
    return result
  }

  private func reports(_ result: ProcessResult) throws -> [Report] {
    try result.errors.split(separator: "\n").map {
      try JSONDecoder().decode(Report.self, from: Data($0.utf8))
    }
  }

  @Test func jsonHasTheBeginningAndTheEndOfEveryStage() throws {
    let scratch = try TemporaryFolder()
    let all = try reports(build(scratch, ["--progress", "json"]))
    #expect(all.allSatisfy { ($0.message == nil) != ($0.stage == nil) })
    #expect(all.first?.message?.contains("clip-retrieval") == true)
    #expect(all.last?.message?.hasPrefix(scratch("out.winnow") + ": 1250 candidates") == true)

    let news = all.filter { $0.stage != nil }
    let order = news.map { $0.number! }
    #expect(order == order.sorted())
    #expect(Set(news.map { $0.stages! }) == [11])
    var ends: [String: Report] = [:]
    for report in news {
      if let before = ends[report.stage!] { #expect(before.done! <= report.done!) }
      ends[report.stage!] = report
    }
    for (stage, unit, total) in [
      ("metadata", "rows", 1250), ("scan", "rows", 1250), ("assign", "rows", 1250),
      ("sort", "rows", 1250), ("score", "concepts", 20), ("name", "concepts", 20),
    ] {
      let end = try #require(ends[stage], "\(stage) is missing")
      #expect(end.done == total && end.total == total && end.unit == unit, "\(end)")
    }
    #expect(ends["train"]?.unit == "rounds")
  }

  @Test func jsonOfAnExport() throws {
    let scratch = try TemporaryFolder()
    let result = try winnow(
      "export", try SampleWorkspace.path, "--keep", "100", "-o", scratch("keep.txt"),
      "--progress", "json")
    let all = try reports(result)
    #expect(
      all.dropLast().last
        == Report(
          stage: "export", number: 1, stages: 1, done: 100, total: 100, unit: "rows", message: nil))
    #expect(all.last?.message?.contains("100 of 1250 candidates") == true)
  }

  @Test func linesHaveAStageEach() throws {
    let scratch = try TemporaryFolder()
    // Without a terminal, which is what `auto` finds here, the same.
    for arguments in [["--progress", "lines"], ["--progress", "auto", "--force"]] {
      let lines = try build(scratch, arguments).errors.split(separator: "\n")
      for stage in ["metadata  1250 rows", "scan      1250 rows", "score     20 concepts"] {
        #expect(lines.filter { $0.hasPrefix(stage) }.count == 1, "\(lines)")
      }
      #expect(!lines.contains { $0.contains("\u{1B}") || $0.contains("\r") })
    }
  }

  @Test func noneLeavesOnlyMessages() throws {
    let scratch = try TemporaryFolder()
    let lines = try build(scratch, ["--progress", "none"]).errors.split(separator: "\n")
    #expect(lines.count == 3, "\(lines)")
    #expect(lines.last?.hasPrefix(scratch("out.winnow")) == true)
  }

  @Test func aBarHasColourUnlessItIsUnwanted() throws {
    let scratch = try TemporaryFolder()
    let colour = "\u{1B}[32m"
    let plain = try build(
      scratch, ["--progress", "bar"], environment: ["NO_COLOR": "1"])
    #expect(plain.errors.contains("\r\u{1B}[Kscan     2/11  "))
    #expect(plain.errors.contains("100 %  1.25 k of 1.25 k rows"))
    #expect(!plain.errors.contains(colour))
    let coloured = try build(
      scratch, ["--progress", "bar", "--force"], environment: ["NO_COLOR": nil])
    #expect(coloured.errors.contains(colour))
  }

  @Test func anotherStyleIsWrongUsage() throws {
    let scratch = try TemporaryFolder()
    for command in [["build", "x", "--clusters", "2", "-o", "y"], ["demo"]] {
      expectRefusal(
        try winnow(command + ["--progress", "loud"], folder: scratch.path), exitCode: 2,
        ["--progress: expected one of auto, bar, lines, json, none, found 'loud'"])
    }
  }
}
