// What Shift says of rows, against the keep lists that are exported.

import Foundation
import TestSupport
import Testing

@Suite struct ShiftCommandTests {
  @Test(arguments: [("easiest", "j"), ("random", "j j"), ("stratified", "k")])
  func theRowsThatEnterAreThoseOfTheLists(order: String, keys: String) throws {
    let scratch = try TemporaryFolder()
    let workspace = try SampleWorkspace.path
    func rows(_ order: String, _ keep: String) throws -> Set<Substring> {
      try winnowSucceeds(
        "export", workspace, "--keep", keep, "--order", order, "-o", scratch("\(order)\(keep)"))
      let text = try String(contentsOfFile: scratch("\(order)\(keep)"), encoding: .utf8)
      return Set(text.split(separator: "\n"))
    }
    let before = try rows("hardest", "300")
    let after = try rows(order, "290")
    try "o \(keys) Enter n 2 9 0 Enter V\n:save-screen shift.txt\n".write(
      toFile: scratch("script"), atomically: true, encoding: .utf8)
    try winnowSucceeds(
      "explore", workspace, "--keep", "300", "--script", scratch("script"), folder: scratch.path)
    let screen = try String(contentsOfFile: scratch("shift.txt"), encoding: .utf8)
    #expect(screen.contains("kept      300 → 290"), "\(screen)")
    #expect(screen.contains("enter     ▲ \(after.subtracting(before).count) "), "\(screen)")
    #expect(screen.contains("leave     ▼ \(before.subtracting(after).count) "), "\(screen)")
    #expect(screen.contains("in both   \(before.intersection(after).count) "), "\(screen)")
  }
}
