// Near duplicates from the command line: what is dropped, what is said, and what is refused.

import Foundation
import TestSupport
import Testing

@Suite struct DedupTests {
  /// 60 rows, of which the last twenty are the first twenty, longer.
  private func input(_ scratch: TemporaryFolder) throws -> String {
    var first: [Float] = []
    return try scratch.write(
      "rows.npy",
      embeddings(rows: 60, width: 8) { row, column, value in
        if row < 20 { first.append(value) }
        return row < 40 ? value : first[(row - 40) * 8 + column] * 3
      })
  }

  @Test(arguments: ["greedy", "chain"])
  func duplicatesAreDroppedAndSaid(rule: String) throws {
    let scratch = try TemporaryFolder()
    let result = try winnowSucceeds(
      "build", try input(scratch), "-o", scratch("ws"), "--clusters", "3", "--dedup", "1e-4",
      "--dedup-rule", rule, "--dedup-clusters", "1")
    #expect(
      result.errors.contains(
        "dedup: 20 of 60 candidates are duplicates (epsilon 0.0001, \(rule), 1 fine cluster); 0 "
          + "decided by a cosine within 1e-6 of the threshold"), "\(result.errors)")
    let twins = try NpyArray(scratch("ws/twin.npy")).integers()
    // The twins are equally far from the centroid but for rounding: either may go.
    for row in 0..<20 {
      #expect([[row, row], [row + 40, row + 40]].contains([twins[row], twins[row + 40]]))
    }
    #expect(Array(twins[20..<40]) == Array(20..<40))
    #expect(try NpyArray(scratch("ws/members.npy")).count == 40)
    try winnowSucceeds("verify", scratch("ws"))
    let facts = try winnowSucceeds("info", scratch("ws")).output.split(separator: "\n")
    #expect(
      facts.contains {
        $0.hasPrefix("dedup ") && $0.hasSuffix("epsilon 0.0001, \(rule), 1 fine cluster")
      })
  }

  @Test func theCurve() throws {
    let scratch = try TemporaryFolder()
    let input = try input(scratch)
    let before = try scratch.contents()
    let text = try winnowSucceeds("dedup-curve", input, "--scratch", scratch.path)
    #expect(text.output.hasPrefix("60 candidates in 1 fine cluster\n"))
    #expect(text.output.split(separator: "\n").count == 23)
    #expect(text.output.contains("a lower bound for greedy"))
    let json = try winnowSucceeds("dedup-curve", input, "--json", "--scratch", scratch.path)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let points = try #require(object["points"] as? [[String: Double]])
    #expect(points.count == 20 && points[0] == ["epsilon": 0.005, "kept": 40, "fraction": 2.0 / 3])
    #expect(try scratch.contents() == before)
  }
}
