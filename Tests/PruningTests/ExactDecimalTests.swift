import Pruning
import Testing

@Suite struct ExactDecimalTests {
  @Test func textsComeBack() {
    for (text, expected) in [
      ("0", "0"), ("0.0", "0"), ("00", "0"), ("1", "1"), ("1.0", "1"), ("1.", "1"), (".5", "0.5"),
      ("0.277", "0.277"), ("0.2770", "0.277"), ("1e-3", "0.001"), ("1E-3", "0.001"),
      ("2.5e1", "25"), ("8.4e7", "84000000"), ("1e+2", "100"), ("100", "100"), ("0e9", "0"),
      ("12.5e-1", "1.25"), ("0.1", "0.1"), ("0e-500", "0"),
      (
        "0.12345678901234567890123456789012345678",
        "0.12345678901234567890123456789012345678"
      ),
      (
        "0.10000000000000000000000000000000000000000000000000", "0.1"
      ),
    ] {
      #expect(ExactDecimal(text)?.description == expected, "\(text)")
    }
  }

  @Test func otherTextsAreRefused() {
    for text in [
      "", ".", "-1", "+1", "1.2.3", "1e", "1e-", "1e1.5", " 1", "1 ", "1,5", "0x10", "nan", "inf",
      "1e39", "1e-39", "1e99999999999999999999", "1e-9223372036854775808", "١",
      "0.123456789012345678901234567890123456789", "999999999999999999999999999999999999999",
    ] {
      #expect(ExactDecimal(text) == nil, "\(text)")
    }
  }

  @Test func equalValuesAreEqual() {
    #expect(ExactDecimal("1.0") == ExactDecimal("1"))
    #expect(ExactDecimal("0.50") == ExactDecimal("5e-1"))
    #expect(ExactDecimal("0.5")! < ExactDecimal("0.51")!)
    #expect(ExactDecimal("2")! > ExactDecimal("1.99999999999999999999999999999999999")!)
    #expect(ExactDecimal("10")! > ExactDecimal("9")!)
    #expect(ExactDecimal(7).wholeNumber == 7)
    #expect(ExactDecimal("7.5")!.wholeNumber == nil)
    #expect(ExactDecimal("0.277")!.doubleValue == 0.277)
  }

  /// floor(a / 10^p * n) for small parts, by integers; then where Double would be wrong.
  @Test func floorsAreExact() {
    for thousandths in 0...1000 {
      let digits = String(thousandths + 10000).suffix(3)
      let fraction = ExactDecimal(thousandths == 1000 ? "1" : "0.\(digits)")!
      for count in [0, 1, 2, 3, 7, 10, 99, 100, 1000, 12345, 277_193_402, 9_999_999_999] {
        #expect(fraction.floor(times: count) == thousandths * count / 1000)
      }
    }
    #expect(Int(0.29 * 100) == 28)
    #expect(ExactDecimal("0.29")!.floor(times: 100) == 29)
    let nearlyOne = ExactDecimal("0.99999999999999999999999999999999999999")!
    #expect(nearlyOne.floor(times: Int.max) == Int.max - 1)
    #expect(ExactDecimal.one.floor(times: Int.max) == Int.max)
    #expect(ExactDecimal("1e-38")!.floor(times: Int.max) == 0)
  }
}

@Suite struct KeepTests {
  @Test func everyFormOfTheFlag() throws {
    func target(_ text: String, _ candidates: Int = 1000) throws -> Int {
      try Keep(parsing: text).target(candidates: candidates)
    }
    #expect(try target("27.7%") == 277)
    #expect(try target("27.7 %") == 277)
    #expect(try target("0.277") == 277)
    #expect(try target("0.277", 277_193_402) == 76_782_572)
    #expect(try target("1") == 1000)
    #expect(try target("1.0") == 1000)
    #expect(try target("100%") == 1000)
    #expect(try target("0") == 0)
    #expect(try target("0%") == 0)
    #expect(try target("1%", 99) == 0)
    #expect(try target("2") == 2)
    #expect(try target("84000000") == 84_000_000)
    #expect(try target("8.4e7") == 84_000_000)
    #expect(try Keep(parsing: "0.2770") == .fraction(ExactDecimal("0.277")!))
    #expect(try Keep(parsing: "84000000") == .count(84_000_000))
  }

  @Test func refusalsNameTheText() {
    for text in ["", "abc", "-1", "-5%", "1.5", "100.1%", "27,7%", "%", "1e30", "0.5x", "5%%"] {
      let error = #expect(throws: PlanError.self) { try Keep(parsing: text) }
      #expect(error?.description.hasPrefix("keep: expected a percentage (27.7%)") == true)
      #expect(error?.description.contains("found \"\(text)\"") == true)
    }
  }
}
