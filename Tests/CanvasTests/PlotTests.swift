// Dots, axes and sparklines.

import Canvas
import Testing

@Suite struct PlotTests {
  @Test func dotsAreTheBitsOfBraille() {
    // The order of the dots in Unicode: 1 2 3 down the left, 4 5 6 down the right, then 7 and 8.
    let expected: [(Int, Int, Unicode.Scalar)] = [
      (0, 0, "⠁"), (0, 1, "⠂"), (0, 2, "⠄"), (1, 0, "⠈"), (1, 1, "⠐"), (1, 2, "⠠"), (0, 3, "⡀"),
      (1, 3, "⢀"),
    ]
    for (x, y, sign) in expected {
      var plot = DotPlot(size: Size(width: 2, height: 2))
      #expect(plot.set(2 + x, 4 + y) == 3)
      #expect(plot.sign(3) == sign && plot.sign(0) == nil)
      #expect(plot.isSet(2 + x, 4 + y) && !plot.isSet(x, y))
    }
  }

  @Test func outsideIsNothing() {
    var plot = DotPlot(size: Size(width: 3, height: 2))
    #expect(plot.dots == Size(width: 6, height: 8))
    for (x, y) in [(-1, 0), (0, -1), (6, 0), (0, 8)] {
      #expect(plot.set(x, y) == nil && !plot.isSet(x, y))
    }
    #expect(plot == DotPlot(size: Size(width: 3, height: 2)))
    var none = DotPlot(size: Size(width: 0, height: 0))
    #expect(none.set(0, 0) == nil)
  }

  @Test func aCrowdIsDenser() {
    var plot = DotPlot(size: Size(width: 1, height: 1))
    var signs: [Unicode.Scalar] = []
    for index in 0..<200 {
      plot.set(index % 2, index / 2 % 4)
      if let sign = plot.sign(0), signs.last != sign { signs.append(sign) }
    }
    #expect(signs.suffix(3) == ["⣿", "▓", "█"])
    #expect(plot.counts == [200])
  }

  @Test func dotsAreDrawnOverWhatIsThere() {
    var grid = Grid(size: Size(width: 4, height: 1))
    grid.draw("abcd", 0, 0)
    var plot = DotPlot(size: Size(width: 2, height: 1))
    plot.set(0, 0)
    grid.draw(plot, 1, 0) { _ in Style(.kept) }
    #expect(grid.text == "a⠁cd\n")
    #expect(grid[1, 0].style == Style(.kept) && grid[2, 0].style == .plain)
    #expect(grid.ascii.text == "aocd\n")
  }

  @Test func everyDotHasAnASCIISign() {
    for value in UInt32(0x2801)...0x28FF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(["o", "8", "#"].contains(asciiSign(for: scalar)))
    }
  }

  @Test func placesFillTheAxis() {
    let axis = Axis(0.2, 0.7)
    #expect(axis.place(0.2, of: 10) == 0 && axis.place(0.7, of: 10) == 9)
    #expect(axis.place(0.19, of: 10) == -1 && axis.place(0.71, of: 10) == 10)
    #expect(axis.place(0.4501, of: 10) == 5)
    for low in [-3.0, 0, 1e-9, 5e5] {
      let flat = Axis(low, low)
      #expect(flat.low < low && low < flat.high)
    }
  }

  @Test func ticksAreRoundAndFew() {
    #expect(
      Axis(0.18, 0.61).ticks(atMost: 5).map { fixed($0, 1) } == ["0.2", "0.3", "0.4", "0.5", "0.6"])
    #expect(Axis(0, 1).decimals(atMost: 2) == 1)
    #expect(Axis(0, 1).decimals(atMost: 60) == 2)
    #expect(Axis(0, 3_000).ticks(atMost: 4) == [0, 1_000, 2_000, 3_000])
    for index in 1..<400 {
      let axis = Axis(Double(index) * 0.013, Double(index) * 0.013 + Double(index % 17 + 1) * 0.07)
      for most in 1...8 {
        let ticks = axis.ticks(atMost: most)
        #expect(ticks.count <= most + 1)
        #expect(ticks.allSatisfy { $0 > axis.low - 1e-9 && $0 < axis.high + 1e-9 })
        let texts = ticks.map { fixed($0, axis.decimals(atMost: most)) }
        #expect(Set(texts).count == ticks.count)
      }
    }
  }

  @Test func aSparklineShowsWhatIsAboveNothing() {
    var grid = Grid(size: Size(width: 5, height: 1))
    grid.sparkline([0, 0.001, 0.5, 0.99, 1], 0, 0, .plain)
    #expect(grid.text == " ▁▄▇█\n")
  }
}
