// What differs between two pictures, and what their places mean.

import Canvas
import Testing

@Suite struct ChangesTests {
  /// Text with marks is kept beside the cells, so equal cells may look different there.
  @Test func changesAreTheCellsThatLookDifferent() {
    let words = ["", "plain", "e\u{301}te\u{301}", "花束", "o\u{308}", "花e\u{301}", "      "]
    for first in words {
      for second in words {
        var a = Grid(size: Size(width: 8, height: 3))
        var b = a
        a.draw(first, 0, 1)
        a.draw(second, 2, 2, .dim)
        b.draw(second, 0, 1)
        b.draw(second, 2, 2, .bold)
        let slow = a.cells.indices.filter { !a.shows($0, as: b) }
        #expect(a.changes(since: b) == slow, "\(first), \(second)")
        #expect(a.changes(since: a).isEmpty)
      }
    }
  }

  @Test func theLastMeaningOfACellCounts() {
    var grid = Grid(size: Size(width: 10, height: 3))
    #expect(grid.meaning(x: 0, y: 0) == nil)
    grid.mark(.line(4), Region(x: 1, y: 1, width: 6, height: 1))
    grid.mark(.key("y"), Region(x: 3, y: 0, width: 1, height: 3))
    #expect(grid.meaning(x: 1, y: 1) == .line(4))
    #expect(grid.meaning(x: 3, y: 1) == .key("y"))
    #expect(grid.meaning(x: 3, y: 2) == .key("y"))
    #expect(grid.meaning(x: 7, y: 1) == nil)
    #expect(grid.meaning(x: 6, y: 1) == .line(4))
  }
}
