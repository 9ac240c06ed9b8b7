// Cells by their coordinates, and what a click means, said where a thing is drawn: so regions are
// shared out once, and what is drawn and what is clicked cannot differ.

/// A cell of the screen, from its upper left corner.
public struct Spot: Hashable, Sendable {
  public var x: Int
  public var y: Int

  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// A part of a picture that means something when it is clicked.
public struct Mark: Hashable, Sendable {
  public enum Meaning: Hashable, Sendable {
    /// The same as a key, in the notation of scripts.
    case key(String)
    /// A line of a list, from 0.
    case line(Int)
  }

  public let region: Region
  public let meaning: Meaning
}

extension Region {
  public func contains(_ spot: Spot) -> Bool {
    spot.x >= x && spot.x < x + width && spot.y >= y && spot.y < y + height
  }
}

extension Grid {
  /// Says what a click into a region means; of regions that overlap the last one counts.
  public mutating func mark(_ meaning: Mark.Meaning, _ region: Region) {
    marks.append(Mark(region: region, meaning: meaning))
  }

  /// What a click on a cell means; nil where nothing was said.
  public func meaning(x: Int, y: Int) -> Mark.Meaning? {
    marks.last { $0.region.contains(Spot(x: x, y: y)) }?.meaning
  }
}
