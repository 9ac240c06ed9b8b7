// What is said of a running stage, as values: the clock is a parameter.

import Tasks
import Testing

@Suite struct ProgressTests {
  private func reading(
    _ done: Int, of total: Int = 3_000_000, rate: Double? = nil, left: Double? = nil,
    seconds: Double = 12.5, stages: Int = 8
  ) -> ProgressReading {
    ProgressReading(
      BuildProgress(
        stage: StageName("scan"), number: 2, stages: stages, done: done, total: total,
        unit: "rows"), seconds: seconds, rate: rate, left: left)
  }

  /// Reports of one stage: (seconds, done) pairs.
  private func readings(
    _ reports: [(Double, Int)], total: Int = 1000
  ) -> [ProgressReading?] {
    var meter = ProgressMeter()
    return reports.map { seconds, done in
      meter.update(
        BuildProgress(
          stage: StageName("scan"), number: 1, stages: 8, done: done, total: total, unit: "rows"),
        now: .seconds(100) + .seconds(seconds))
    }
  }

  @Test func aRateIsToldAfterASecond() {
    let all = readings([(0, 0), (0.5, 100), (2, 300), (4, 500)])
    #expect(all.map { $0?.rate } == [nil, nil, 150, 125])
    #expect(all.map { $0?.left } == [nil, nil, 700.0 / 150, 4])
    #expect(all.map { $0?.seconds } == [0, 0.5, 2, 4])
  }

  @Test func whatWasDoneBeforeDoesNotCount() {
    #expect(readings([(0, 600), (2, 800)]).last!?.rate == 100)
  }

  @Test func aRateIsThatOfTheLastHalfMinute() {
    let slow = (0...60).map { (Double($0), $0) }
    let fast = (61...120).map { (Double($0), 60 + 10 * ($0 - 60)) }
    #expect(readings(slow).last!?.rate == 1)
    #expect(readings(slow + fast).last!?.rate == 10)
  }

  @Test func olderNewsAreDropped() {
    #expect(readings([(0, 0), (1, 20), (2, 10)])[2] == nil)
  }

  @Test func aStageBeginsAnew() {
    var meter = ProgressMeter()
    for (stage, now) in [("scan", 0.0), ("scan", 5), ("train", 6)] {
      _ = meter.update(
        BuildProgress(
          stage: StageName(stage), number: 1, stages: 2, done: Int(now), total: 10, unit: "rows"),
        now: .seconds(now))
    }
    #expect(meter.last?.stage == StageName("train"))
    #expect(meter.last?.seconds == 0)
    #expect(meter.last?.rate == nil)
    #expect(meter.reading(now: .seconds(8))?.seconds == 2)
  }

  @Test func aTotalThatShrinksIsNews() {
    var meter = ProgressMeter()
    func report(_ done: Int, _ total: Int, _ now: Double) -> ProgressReading? {
      meter.update(
        BuildProgress(
          stage: StageName("train"), number: 3, stages: 8, done: done, total: total,
          unit: "rounds"), now: .seconds(now))
    }
    _ = report(8, 25, 0)
    #expect(report(8, 8, 1)?.isFinished == true)
  }

  @Test(arguments: [
    (80, "scan     2/8  ######..........   41 %  1.23 M of 3.00 M rows  1.20 M/s  2 s left"),
    (70, "scan     2/8  ######..........   41 %  1.23 M of 3.00 M rows  2 s left"),
    (60, "scan     2/8  ###########..................   41 %  2 s left"),
    (50, "scan     2/8  #######............   41 %  2 s left"),
    (30, "scan     2/8  ###......   41 %"), (20, "scan     2/8   41 %"), (9, " 41 %"), (4, ""),
  ])
  func aBarFitsTheTerminal(width: Int, expected: String) {
    let some = reading(1_234_567, rate: 1_200_000, left: 1.47)
    #expect(some.bar(width: width, colour: false) == expected)
  }

  @Test func noBarIsWiderThanTheTerminal() {
    let all = [
      reading(0), reading(2_999_999, rate: 0.1, left: 1e8), reading(3_000_000, rate: 9),
      reading(0, of: 0), reading(7, of: 12_345_678_901, rate: 1e12, left: 1e12, stages: 1),
    ]
    for some in all {
      for width in 0...200 {
        let bar = some.bar(width: width, colour: false)
        #expect(bar.utf8.count <= width, "\(width): \(bar)")
        let coloured = some.bar(width: width, colour: true)
        #expect(
          coloured.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "") == bar)
      }
    }
  }

  @Test func colourIsForTheDonePart() {
    let bar = reading(1_500_000).bar(width: 50, colour: true)
    #expect(bar.contains("  \u{1B}[32m####"))
    #expect(!reading(0).bar(width: 50, colour: true).contains("\u{1B}"))
  }

  @Test func aLineSaysTheSame() {
    #expect(
      reading(1_234_567, rate: 51_234.5, left: 34.46).line
        == "scan      41 %, 1234567 of 3000000 rows, 51.2 k rows/s, 35 s left")
    #expect(reading(3_000_000).finalLine == "scan      3000000 rows  12.5 s  240 k rows/s")
    #expect(reading(1, of: 1, seconds: 0.26).finalLine == "scan      1 row  0.3 s")
  }

  @Test func jsonIsOneObject() {
    #expect(
      reading(1_234_567, rate: 51_234.5678, left: 34.4599).json
        == #"{"stage":"scan","number":2,"stages":8,"done":1234567,"total":3000000,"#
        + #""unit":"rows","seconds":12.5,"rate":51234.568,"left":34.46}"#)
    #expect(reading(0).json.hasSuffix(#""seconds":12.5,"rate":null,"left":null}"#))
  }

  @Test func numbersHaveThreeDigits() {
    let cases: [(Double, String)] = [
      (0, "0"), (7, "7"), (7.25, "7.3"), (10.4, "10"), (999, "999"), (999.6, "1.00 k"),
      (1234, "1.23 k"), (9_996, "10.0 k"), (99_960, "100 k"), (999_600, "1.00 M"),
      (12_345_678, "12.3 M"), (2e9, "2.00 G"), (3.5e15, "3500 T"),
    ]
    for (value, text) in cases { #expect(ProgressReading.short(value) == text) }
  }

  @Test func timesAreRoundedUp() {
    let cases: [(Double, String)] = [
      (0, "0 s"), (0.2, "1 s"), (59.5, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"),
      (100_000, "1 d 3 h"), (1e12, "years"),
    ]
    for (value, text) in cases { #expect(ProgressReading.time(value) == text) }
  }
}
