// What a click means, said where a thing is drawn: so places are shared out once, and what is
// drawn and what is clicked cannot differ.

/// A part of a picture that means something when it is clicked.
public struct Spot: Hashable, Sendable {
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
  public func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < self.x + width && y >= self.y && y < self.y + height
  }
}

extension Grid {
  /// Says what a click into a region means; of regions that overlap the last one counts.
  public mutating func mark(_ meaning: Spot.Meaning, _ region: Region) {
    spots.append(Spot(region: region, meaning: meaning))
  }

  /// What a click on a cell means; nil where nothing was said.
  public func meaning(x: Int, y: Int) -> Spot.Meaning? {
    spots.last { $0.region.contains(x: x, y: y) }?.meaning
  }
}
