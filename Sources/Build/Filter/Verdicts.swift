// Yes or no for rows: a bit each, the lowest of a byte first, as numpy.packbits has them with
// bitorder="little".

import Foundations
import Tasks

package struct VerdictBits: Sendable, Equatable {
  private(set) var bytes: [UInt8]
  package let count: Int

  /// All no.
  package init(count: Int) {
    self.count = count
    bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
  }

  /// The bits of `count` rows; nil when they are not in as many bytes.
  init?(bytes: [UInt8], count: Int) {
    guard bytes.count == (count + 7) / 8 else { return nil }
    self.bytes = bytes
    self.count = count
  }

  package subscript(place: Int) -> Bool { bytes[place >> 3] >> UInt8(place & 7) & 1 == 1 }

  var ones: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether a row stays that `allowed` lets stay and `denied` does not name.
  static func staying(
    allowed: VerdictBits?, denied: VerdictBits?, count: Int
  ) -> VerdictBits {
    var stays = VerdictBits(count: count)
    for place in stays.bytes.indices {
      stays.bytes[place] = (allowed?.bytes[place] ?? 0xFF) & ~(denied?.bytes[place] ?? 0)
    }
    return stays
  }

  mutating func set(_ place: Int) { bytes[place >> 3] |= 1 << UInt8(place & 7) }
}

/// Verdicts in a sealed file for each shard, of which the last one that was asked for is in memory.
struct ShardVerdicts {
  private let paths: [String]
  private let firstRows: [Int]
  private var shard = -1
  private var bits = VerdictBits(count: 0)

  /// - Parameter firstRows: the row at which each shard begins, and the number of rows at the end.
  init(_ paths: [String], _ firstRows: [Int]) { (self.paths, self.firstRows) = (paths, firstRows) }

  /// The verdicts of some rows, which follow those that were asked for before.
  ///
  /// - Throws: ``WinnowError`` when a file is missing or torn.
  mutating func verdicts(_ rows: Range<Int>) throws(WinnowError) -> [Bool] {
    var found: [Bool] = []
    found.reserveCapacity(rows.count)
    var row = rows.lowerBound
    while row < rows.upperBound {
      while shard < 0 || firstRows[shard + 1] <= row {
        shard += 1
        guard shard < paths.count else { preconditionFailure("rows beyond the shards") }
        guard let bytes = SealedFile.read(paths[shard]),
          let bits = VerdictBits(bytes: bytes, count: firstRows[shard + 1] - firstRows[shard])
        else { throw SealedFile.changed(paths[shard]) }
        self.bits = bits
      }
      let end = min(rows.upperBound, firstRows[shard + 1])
      for row in row..<end { found.append(bits[row - firstRows[shard]]) }
      row = end
    }
    return found
  }
}
