// The grid: clipping, wide glyphs, bars, and its forms as text.

import Canvas
import Testing

@Suite struct GridTests {
  private func grid(_ width: Int, _ height: Int = 1) -> Grid {
    Grid(size: Size(width: width, height: height))
  }

  @Test func drawingOutsideIsCutOff() {
    var grid = grid(5, 2)
    grid.draw("abcdefgh", 2, 0)
    grid.draw("x", 9, 0)
    grid.draw("x", 0, 7)
    grid.draw("x", -1, 0)
    grid.fill(Region(x: -5, y: -5, width: 3, height: 3))
    grid.box(Region(x: 3, y: 1, width: 9, height: 9))
    #expect(grid.row(0) == "  ab…")
  }

  @Test func aCutWideGlyphLeavesNoHalf() {
    var grid = grid(4)
    grid.draw("a花束", 0, 0)
    #expect(grid.row(0) == "a花…")
    grid.draw("x", 2, 0)
    #expect(grid.row(0) == "a x…")
    grid.draw("花", 1, 0)
    grid.draw("y", 1, 0)
    #expect(grid.row(0) == "ay …")
    grid.draw("花", 0, 0)
    grid.draw("束", 1, 0)
    #expect(grid.row(0) == " 束…")
  }

  @Test func theEllipsisGivesWayToAWideGlyph() {
    var grid = grid(8)
    grid.draw("花束花", 0, 0, limit: 4)
    #expect(grid.row(0) == "花…     ")
    #expect(grid.draw("花束花", 0, 0, limit: 5) == 5)
    #expect(grid.row(0) == "花束…   ")
  }

  @Test func everyRowHasItsColumns() {
    var grid = grid(11, 4)
    for (y, text) in ["花束花束花束", "e\u{301}e\u{301}", "👩\u{200D}👩\u{200D}👩\u{200D}👩", "a\u{202E}b"]
      .enumerated()
    {
      grid.draw(text, y, y)
      #expect(columns(of: grid.row(y)) == 11)
    }
  }

  @Test func numbersAreNeverCut() {
    var grid = grid(8)
    grid.drawRight("1,234", endingAt: 8, 0, limit: 5)
    #expect(grid.row(0) == "   1,234")
    grid.drawRight("123,456", endingAt: 8, 0, limit: 5)
    #expect(grid.row(0) == "   #####")
  }

  @Test func barsShowWhatIsThere() {
    #expect(barEighths(0, width: 6) == 0)
    #expect(barEighths(.nan, width: 6) == 0)
    #expect(barEighths(-1, width: 6) == 0)
    #expect(barEighths(1e-9, width: 6) == 1)
    #expect(barEighths(0.5, width: 6) == 24)
    #expect(barEighths(0.999999, width: 6) == 47)
    #expect(barEighths(1, width: 6) == 48)
    #expect(barEighths(7, width: 6) == 48)
    var grid = grid(8)
    grid.bar(0.3125, 0, 0, width: 6, Style(.kept), track: .line)
    #expect(grid.row(0) == "█▉░░░░  ")
    #expect(grid.ascii.row(0) == "##....  ")
  }

  @Test func asciiKeepsEveryCellInPlace() {
    var grid = grid(20, 5)
    grid.box(Region(x: 0, y: 0, width: 20, height: 5), title: [("Concepts ↓", .bold)])
    grid.draw("花束 naïve ▲9 ● …", 1, 2)
    let plain = grid.ascii
    #expect(!plain.text.unicodeScalars.contains { !$0.isASCII })
    #expect(
      plain.text == """
        + Concepts v ------+
        |                  |
        |???? na?ve ^9 * ~ |
        |                  |
        +------------------+

        """)
    #expect(plain.cells.map(\.style) == grid.cells.map(\.style))
  }

  @Test func annotatedTextNamesTheStyles() {
    var grid = grid(6)
    grid.draw("ab", 1, 0, Style(.accent, .bold))
    grid.lay(.cursor, Region(x: 2, y: 0, width: 2, height: 1))
    #expect(
      grid.annotatedText == """
        6x1
        00| ab
          · 1-1 accent bold, 2-2 accent bold on cursor, 3-3 plain on cursor

        """)
  }

  @Test func differencesAreSeenThroughTheTableOfMarks() {
    var a = grid(2)
    var b = grid(2)
    a.draw("x\u{301}", 1, 0)
    a.draw("e\u{301}", 0, 0)
    b.draw("e\u{301}", 0, 0)
    b.draw("x\u{302}", 1, 0)
    #expect(a.shows(0, as: b))
    #expect(!a.shows(1, as: b))
    #expect(a.scalars(of: a[0, 0]).count == 2)
  }

  @Test func sizesAreRead() {
    #expect(Size(parsing: "120x36") == Size(width: 120, height: 36))
    for wrong in ["", "120", "x36", "0x5", "5x0", "120x36x2", "1001x4", "-1x4", "a x b"] {
      #expect(Size(parsing: wrong) == nil, "\(wrong)")
    }
  }
}
