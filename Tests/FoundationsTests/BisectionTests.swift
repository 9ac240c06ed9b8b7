import Foundations
import TestSupport
import Testing

struct BisectionTests {
  @Test func equalsAScan() throws {
    var random = SeededRandom(7)
    for _ in 0..<500 {
      let start = Int.random(in: -20...20, using: &random)
      let range = start..<start + Int.random(in: 0...30, using: &random)
      let first = Int.random(in: range.lowerBound...range.upperBound, using: &random)
      #expect(firstPlace(in: range) { $0 >= first } == first)
    }
  }

  @Test func passesErrorsOn() {
    let error = WinnowError.invalid("a page is gone")
    #expect(throws: error) {
      _ = try firstPlace(in: 0..<9) { (_) throws(WinnowError) in throw error }
    }
  }
}
