// One thing in one cell: a character, with the marks that belong on it. Most glyphs are a single
// Unicode scalar and need no memory of their own; the few with marks live in a table of the grid.

/// What a cell shows: a scalar, an index into the grid's table of marked characters, or the right
/// half of the wide glyph before it.
public struct Glyph: Hashable, Sendable {
  /// The scalar's value; 0 for a right half; the high bit set for an index.
  let code: UInt32

  init(code: UInt32) { self.code = code }

  public init(_ scalar: Unicode.Scalar) { code = scalar.value }

  public static let blank = Glyph(" ")
  /// The right half of a wide glyph; it is never drawn by itself.
  public static let tail = Glyph(code: 0)

  public var isTail: Bool { code == 0 }
  var isCluster: Bool { code & 0x8000_0000 != 0 }
  var clusterIndex: Int { Int(code & 0x7FFF_FFFF) }

  /// The scalar, unless the glyph is a right half or has marks.
  public var scalar: Unicode.Scalar? {
    code == 0 || isCluster ? nil : Unicode.Scalar(code)
  }
}

/// The columns that a scalar takes: 0 for marks and invisible ones, 2 for wide ones, else 1.
///
/// Control characters count 1: `visible` turns them into something that takes one.
/// - Complexity: O(log t) in the size t of the tables; O(1) for Latin text.
public func columns(of scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return 1 }
  if contains(zeroWidthRanges, value) { return 0 }
  if value >= 0x1100, contains(wideRanges, value) { return 2 }
  return 1
}

private func contains(_ ranges: [(first: UInt32, last: UInt32)], _ value: UInt32) -> Bool {
  var low = 0
  var high = ranges.count
  while low < high {
    let middle = (low + high) / 2
    if ranges[middle].last < value { low = middle + 1 } else { high = middle }
  }
  return low < ranges.count && ranges[low].first <= value
}
