// Columns that stand side by side: histograms. A column rises in steps of an eighth of a cell.

extension Grid {
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
      let block = Unicode.Scalar(0x2580 + UInt32(part)) ?? "#"
      draw(String(Character(block)), x, bottom - step, style)
    }
  }
}

extension Grid {
  /// A line of columns of one cell each, from (x, y) to the right: the shape of a curve in words'
  /// height. What is above 0 shows at least one eighth.
  /// - Complexity: O(fractions).
  public mutating func sparkline(_ fractions: [Double], _ x: Int, _ y: Int, _ style: Style) {
    for (index, fraction) in fractions.enumerated() {
      column(fraction, x + index, bottom: y, height: 1, style)
    }
  }
}
