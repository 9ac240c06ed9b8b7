// Drawing into a grid: text, blanks, bars, columns, boxes. All of it is clipped to the grid.

/// A rectangle of cells.
public struct Region: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The region without its outermost cells.
  public var inside: Region {
    Region(x: x + 1, y: y + 1, width: max(0, width - 2), height: max(0, height - 2))
  }

  /// A region of the given size in the middle of this one, cut to it.
  public func middle(width wanted: Int, height tall: Int) -> Region {
    let w = min(wanted, width)
    let h = min(tall, height)
    return Region(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
  }
}

extension Grid {
  /// Draws text from (x, y) to the right and returns the column after it.
  ///
  /// Text wider than `limit` columns (or than the grid) is cut with `…`.
  /// - Complexity: O(columns drawn).
  @discardableResult
  public mutating func draw(
    _ text: String, _ x: Int, _ y: Int, _ style: Style = .plain, limit: Int? = nil
  ) -> Int {
    let room = min(limit ?? Int.max, width - x)
    guard y >= 0, y < height, room > 0, x >= 0 else { return x }
    var column = x
    let end = x + room
    var last = x  // where the glyph begins that gives way to the ellipsis
    var cut = false
    forEachGlyph(in: text) { glyph in
      guard column + glyph.columns <= end else {
        cut = true
        return false
      }
      last = column
      column += put(glyph, column, y, style)
      return true
    }
    if cut {
      if column == end { column = last }
      column += put(.init(base: "…"), column, y, style)
      while column < end { column += put(.init(base: " "), column, y, style) }
    }
    return column
  }

  /// Draws text so that it ends in the column before `end`.
  ///
  /// Numbers are never cut: one that is wider than `limit` columns becomes `#` signs, because
  /// half a number is a wrong number.
  public mutating func drawRight(
    _ text: String, endingAt end: Int, _ y: Int, _ style: Style = .plain,
    limit: Int = Int.max
  ) {
    let wide = columns(of: text)
    if wide > limit {
      draw(String(repeating: "#", count: limit), end - limit, y, style)
    } else {
      draw(text, end - wide, y, style)
    }
  }

  /// Fills a region with blanks of the given style.
  public mutating func fill(_ region: Region, _ style: Style = .plain) {
    let blank = VisibleGlyph(base: " ")
    for y in max(0, region.y)..<max(0, min(height, region.y + region.height)) {
      for x in max(0, region.x)..<max(0, min(width, region.x + region.width)) {
        put(blank, x, y, style)
      }
    }
  }

  /// Gives the cells of a region another ground; glyphs, roles and attributes stay.
  public mutating func lay(_ ground: Ground, _ region: Region, adding more: Attributes = []) {
    for y in max(0, region.y)..<max(0, min(height, region.y + region.height)) {
      for x in max(0, region.x)..<max(0, min(width, region.x + region.width)) {
        cells[y * width + x].style.ground = ground
        cells[y * width + x].style.attributes.formUnion(more)
      }
    }
  }

  /// A horizontal bar of `width` columns, filled from the left in steps of an eighth.
  ///
  /// `fraction` is clamped to 0...1; anything above 0 shows at least one eighth, and only 1 fills
  /// the last one. The rest of the bar is `track`, if there is one.
  public mutating func bar(
    _ fraction: Double, _ x: Int, _ y: Int, width: Int, _ style: Style, track: Style? = nil
  ) {
    let eighths = barEighths(fraction, width: width)
    for column in 0..<max(0, width) {
      let part = min(8, eighths - 8 * column)
      if part > 0 {
        let block = Unicode.Scalar(0x2588 + UInt32(8 - part)) ?? "#"
        put(.init(base: block), x + column, y, style)
      } else if let track {
        put(.init(base: "░"), x + column, y, track)
      }
    }
  }

  /// A column of up to `height` cells that stands on row `bottom`, filled in steps of an eighth.
  ///
  /// `fraction` is clamped to 0...1; anything above 0 shows at least one eighth, and only 1 fills
  /// the last one.
  /// - Complexity: O(height).
  public mutating func column(
    _ fraction: Double, _ x: Int, bottom: Int, height: Int, _ style: Style
  ) {
    let eighths = barEighths(fraction, width: height)
    for step in 0..<max(0, height) {
      let part = min(8, eighths - 8 * step)
      guard part > 0 else { return }
      put(.init(base: Unicode.Scalar(0x2580 + UInt32(part)) ?? "#"), x, bottom - step, style)
    }
  }

  /// A line of columns of one cell each, from (x, y) to the right: the shape of a curve in words'
  /// height. What is above 0 shows at least one eighth.
  /// - Complexity: O(fractions).
  public mutating func sparkline(_ fractions: [Double], _ x: Int, _ y: Int, _ style: Style) {
    for (index, fraction) in fractions.enumerated() {
      column(fraction, x + index, bottom: y, height: 1, style)
    }
  }

  /// A border around a region, with a title in its upper side.
  public mutating func box(_ region: Region, title: [(String, Style)] = [], _ style: Style = .line)
  {
    guard region.width >= 2, region.height >= 2 else { return }
    let right = region.x + region.width - 1
    let bottom = region.y + region.height - 1
    let side = String(repeating: "─", count: region.width - 2)
    draw("┌" + side + "┐", region.x, region.y, style)
    draw("└" + side + "┘", region.x, bottom, style)
    for y in (region.y + 1)..<max(region.y + 1, bottom) {
      draw("│", region.x, y, style)
      draw("│", right, y, style)
    }
    var x = region.x + 2
    if !title.isEmpty { x = draw(" ", x - 1, region.y, style) }
    for (text, look) in title where x < right - 1 {
      x = draw(text, x, region.y, look, limit: right - 1 - x)
    }
    if !title.isEmpty, x < right { draw(" ", x, region.y, style) }
  }
}

/// The eighths of a cell that a bar of `width` cells fills: 0 only for nothing (or what is not a
/// number), `8 * width` only for everything.
public func barEighths(_ fraction: Double, width: Int) -> Int {
  guard fraction > 0, width > 0 else { return 0 }
  guard fraction < 1 else { return 8 * width }
  return min(8 * width - 1, max(1, Int((fraction * Double(8 * width)).rounded())))
}
