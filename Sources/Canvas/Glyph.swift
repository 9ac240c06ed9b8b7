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
