// SIGKILL at random moments, --memory and --dry-run, as a user has them.

import Foundation
import TestSupport
import Testing

@Suite struct KillTests {
  private static let build = ["build", "\(packageRoot())/assets/sample", "--clusters", "300"]

  private func fingerprint(_ workspace: String) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: workspace + "/build-log.json"))
    let log = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(log["fingerprint"] as? String)
  }

  @Test func aKilledBuildContinuesToTheSameFingerprint() throws {
    let scratch = try TemporaryFolder()
    let start = Date()
    try winnowSucceeds(Self.build + ["-o", scratch("whole")])
    let length = Date().timeIntervalSince(start)
    let wanted = try fingerprint(scratch("whole"))
    var random = SeededRandom(7)
    var kills = 0
    for turn in 0..<12 {
      let output = scratch("ws-\(turn)")
      for _ in 0...turn % 3 where !FileManager.default.fileExists(atPath: output) {
        let moment = Double.random(in: 0...length, using: &random)
        let result = try ProcessRunner.run(
          winnowBinary(), Self.build + ["-o", output], timeout: moment)
        if result.timedOut { kills += 1 } else { #expect(result.exitCode == 0, "\(result.errors)") }
      }
      if !FileManager.default.fileExists(atPath: output) {
        try winnowSucceeds(Self.build + ["-o", output])
      }
      #expect(try fingerprint(output) == wanted, "turn \(turn)")
      try winnowSucceeds("verify", output)
    }
    #expect(kills > 0)
    #expect(try scratch.names().allSatisfy { !$0.hasPrefix(".") })
  }

  @Test(arguments: ["2X", "0", "-1G", "", "1.5.2G", "GiB", "nan"])
  func aMemoryThatIsNoSizeIsWrongUsage(size: String) throws {
    let scratch = try TemporaryFolder()
    let result = try winnow(Self.build + ["-o", scratch("ws"), "--memory", size])
    expectRefusal(result, exitCode: 2, ["--memory: expected a size such as 2G", "'\(size)'"])
  }

  @Test func aBudgetIsKeptOrRefused() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 20_000, width: 64))
    let build = ["build", rows, "--clusters", "50", "-o", scratch("ws")]
    let refused = try winnow(build + ["--memory", "45M"])
    expectRefusal(refused, ["--memory: expected at least", "found 45.0 MiB", "give --memory"])
    #expect(try scratch.names() == ["rows.npy"])
    let text = try #require(refused.errors.firstMatch(of: /give --memory ([0-9.]+)MiB/)?.1)
    let most = try #require(Double(text))
    try winnowSucceeds(build + ["--memory", "\(text)MiB"])
    let data = try Data(contentsOf: URL(fileURLWithPath: scratch("ws/build-log.json")))
    let log = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let peak = try #require(log["peak-memory"] as? Double)
    #expect(peak <= most * 0x1p20, "\(peak / 0x1p20) of \(most) MiB")
  }

  @Test func aDryRunWritesNothing() throws {
    let scratch = try TemporaryFolder()
    let arguments = Self.build + ["-o", scratch("ws"), "--dry-run"]
    let result = try winnowSucceeds(arguments)
    for part in ["1250 rows of ", "memory at most", "disk at most", "time"] {
      #expect(result.output.contains(part), "\(part) in \(result.output)")
    }
    let json = try winnowSucceeds(arguments + ["--json"]).output
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(fields["rows"] as? Int == 1250)
    #expect((fields["stages"] as? [Any])?.count == 9)
    #expect(try scratch.names() == [])
    expectRefusal(
      try winnow(Self.build + ["-o", scratch("ws"), "--json"]), exitCode: 2, ["--dry-run"])
  }
}
