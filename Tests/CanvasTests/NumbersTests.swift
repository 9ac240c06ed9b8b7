// Numbers as they stand on the screen.

import Canvas
import Testing

@Suite struct NumbersTests {
  @Test func thousandsHaveCommas() {
    #expect(thousands(0) == "0")
    #expect(thousands(999) == "999")
    #expect(thousands(1_000) == "1,000")
    #expect(thousands(277_193_402) == "277,193,402")
    #expect(thousands(-1_234) == "-1,234")
    #expect(thousands(Int.min) == "-9,223,372,036,854,775,808")
  }

  @Test func fixedRounds() {
    #expect(fixed(0.2834, 3) == "0.283")
    #expect(fixed(0.0005, 3) == "0.001")
    #expect(fixed(-0.0001, 3) == "0.000")
    #expect(fixed(-1.5, 0) == "-2")
    #expect(fixed(12, 0) == "12")
    #expect(fixed(0.06, 2) == "0.06")
    #expect(fixed(.nan, 3) == "nan")
    #expect(fixed(.infinity, 3) == "inf")
  }

  @Test func nearlyEverythingIsNotEverything() {
    #expect(percent(1, 1) == "100.0")
    #expect(percent(0.99999, 1) == "99.9")
    #expect(percent(0, 1) == "0.0")
    #expect(percent(0.00001, 1) == "<0.1")
    #expect(percent(0.277, 2) == "27.70")
  }

  @Test func compactNumbersTakeFiveColumns() {
    #expect(compact(9_999) == "9,999")
    #expect(compact(12_345) == "12.3k")
    #expect(compact(812_345) == "812k")
    #expect(compact(1_234_567) == "1.2M")
    #expect(compact(-76_782_572) == "-76.7M")
    var value = 1
    while value < Int.max / 3 {
      #expect(compact(value).count <= 5, "\(value)")
      value = value * 3 + 1
    }
    #expect(compact(Int.max) == "9.2E")
    #expect(compact(Int.min) == "-9.2E")
  }

  @Test func smallSharesKeepThreeDigits() {
    #expect(scientific(0.00811) == "0.00811")
    #expect(scientific(2.01e-5) == "2.01e-5")
    #expect(scientific(9.999e-5) == "1.00e-4")
    #expect(scientific(0) == "0")
    #expect(scientific(1) == "1.00000")
    #expect(scientific(.leastNonzeroMagnitude).count <= 9)
  }
}
