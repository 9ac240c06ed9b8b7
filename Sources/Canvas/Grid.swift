// The picture of one moment: rows of cells. Screens draw into it, tests compare it, the terminal
// layer writes the cells in which two of them differ. A cell is 8 bytes, so a frame of 120 by 36
// is 34 KB and comparing two of them takes microseconds.

/// Columns and rows of a screen, in cells.
public struct Size: Hashable, Sendable {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// `120x36`.
  public var text: String { "\(width)x\(height)" }

  /// Reads `120x36`; nil for anything else, and for sides below 1 or above 1,000.
  public init?(parsing text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...1000).contains(width), (1...1000).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}

/// One place on the screen.
public struct Cell: Hashable, Sendable {
  public var glyph = Glyph.blank
  public var style = Style.plain
}

/// A screen full of cells, row by row.
///
/// Drawing outside it is cut off, never an error: screens may be smaller than what is drawn.
public struct Grid: Equatable, Sendable {
  public let size: Size
  /// `size.width * size.height` cells, row by row.
  public internal(set) var cells: [Cell]
  /// Characters with marks, which cells name by their index here.
  var clusters: [[Unicode.Scalar]] = []
  /// What clicks mean, in the order of drawing.
  public internal(set) var marks: [Mark] = []

  public init(size: Size) {
    self.size = size
    cells = Array(repeating: Cell(), count: max(0, size.width) * max(0, size.height))
  }

  public var width: Int { size.width }
  public var height: Int { size.height }

  /// The cell in column `x` of row `y`, both from 0.
  public subscript(x: Int, y: Int) -> Cell { cells[y * size.width + x] }

  /// The scalars that a cell's glyph consists of; empty for the right half of a wide one.
  public func scalars(of cell: Cell) -> [Unicode.Scalar] {
    if cell.glyph.isCluster { return clusters[cell.glyph.clusterIndex] }
    return cell.glyph.scalar.map { [$0] } ?? []
  }

  /// Whether the cells at the same index in two grids look the same.
  /// - Complexity: O(1).
  public func shows(_ index: Int, as other: Grid) -> Bool {
    let a = cells[index]
    let b = other.cells[index]
    if !a.glyph.isCluster && !b.glyph.isCluster { return a == b }
    return a.style == b.style && scalars(of: a) == other.scalars(of: b)
  }

  /// The indices of the cells that look different in another grid of the same size, ascending.
  /// - Complexity: O(cells).
  public func changes(since other: Grid) -> [Int] {
    precondition(size == other.size, "grids of different sizes have no cells in common")
    return cells.indices.filter { index in
      // Equal cells with marks may name different ones, and different cells the same.
      let (a, b) = (cells[index], other.cells[index])
      return a.glyph.isCluster || b.glyph.isCluster ? !shows(index, as: other) : a != b
    }
  }

  /// Puts one glyph at (x, y) and returns the columns it took, 0 if there was no room.
  ///
  /// What is left of a wide glyph whose other half is overwritten becomes blank.
  @discardableResult
  mutating func put(_ glyph: VisibleGlyph, _ x: Int, _ y: Int, _ style: Style) -> Int {
    guard y >= 0, y < height, x >= 0, x + glyph.columns <= width else { return 0 }
    let index = y * width + x
    release(index)
    if glyph.columns == 2 { release(index + 1) }
    var value = Glyph(glyph.base)
    if !glyph.marks.isEmpty {
      value = Glyph(code: 0x8000_0000 | UInt32(clusters.count))
      clusters.append([glyph.base] + glyph.marks)
    }
    cells[index] = Cell(glyph: value, style: style)
    if glyph.columns == 2 { cells[index + 1] = Cell(glyph: .tail, style: style) }
    return glyph.columns
  }

  /// Blanks the other half of the wide glyph that the cell belongs to.
  private mutating func release(_ index: Int) {
    if cells[index].glyph.isTail {
      cells[index - 1].glyph = .blank
    } else if (index + 1) % width != 0, cells[index + 1].glyph.isTail {
      cells[index + 1].glyph = .blank
    }
  }
}
