// Points in braille: a cell holds two dots across and four down, so a plot of 70 by 28 cells has
// 140 by 112 of them. Where more points fall into a cell than dots can tell apart, the cell turns
// into a shade; so a crowd of thousands still looks denser than one of dozens.

/// A field of dots, counted as they are set.
public struct DotPlot: Sendable, Equatable {
  /// In cells.
  public let size: Size
  /// A cell's dots, in the bits of the braille block.
  private var masks: [UInt8]
  /// How many points fell into a cell.
  public private(set) var counts: [Int32]

  public init(size: Size) {
    self.size = size
    let cells = max(0, size.width) * max(0, size.height)
    masks = Array(repeating: 0, count: cells)
    counts = Array(repeating: 0, count: cells)
  }

  /// Dots across and down.
  public var dots: Size { Size(width: 2 * size.width, height: 4 * size.height) }

  /// Sets the dot (x, y), from the upper left corner, and returns the index of its cell; nil for
  /// one that lies outside.
  /// - Complexity: O(1).
  @discardableResult
  public mutating func set(_ x: Int, _ y: Int) -> Int? {
    guard x >= 0, y >= 0, x < dots.width, y < dots.height else { return nil }
    let cell = y / 4 * size.width + x / 2
    masks[cell] |= DotPlot.bit(x % 2, y % 4)
    counts[cell] += 1
    return cell
  }

  /// Whether the dot (x, y) is set.
  public func isSet(_ x: Int, _ y: Int) -> Bool {
    guard x >= 0, y >= 0, x < dots.width, y < dots.height else { return false }
    return masks[y / 4 * size.width + x / 2] & DotPlot.bit(x % 2, y % 4) != 0
  }

  /// What a cell shows; nil where no dot is set.
  public func sign(_ cell: Int) -> Unicode.Scalar? {
    guard masks[cell] != 0 else { return nil }
    if masks[cell] == 0xFF {
      if counts[cell] >= 128 { return "█" }
      if counts[cell] >= 32 { return "▓" }
    }
    return Unicode.Scalar(0x2800 + UInt32(masks[cell]))
  }

  /// The bits of a braille cell: three rows by columns first, and the fourth row after them.
  private static func bit(_ x: Int, _ y: Int) -> UInt8 {
    y == 3 ? 0x40 << UInt8(x) : 1 << UInt8(3 * x + y)
  }
}

extension Grid {
  /// Draws the dots with the plot's upper left cell at (x, y); cells without dots stay as they
  /// are.
  ///
  /// - Parameter style: of a cell, by its index in the plot.
  /// - Complexity: O(cells of the plot).
  public mutating func draw(_ plot: DotPlot, _ x: Int, _ y: Int, style: (Int) -> Style) {
    let width = plot.size.width
    for cell in plot.counts.indices {
      guard let sign = plot.sign(cell) else { continue }
      put(.init(base: sign), x + cell % width, y + cell / width, style(cell))
    }
  }
}

/// The ASCII sign of a braille cell: the more dots, the more ink.
func asciiSign(forBraille value: UInt32) -> Unicode.Scalar {
  switch (value & 0xFF).nonzeroBitCount {
  case 0: " "
  case 1...2: "o"
  case 3...5: "8"
  default: "#"
  }
}
