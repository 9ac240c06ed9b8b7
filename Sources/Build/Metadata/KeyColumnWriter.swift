// The keys: keys/hex.npy while all of them are 32 lower-case hex digits (16 bytes a key instead of
// 40), else keys/data.utf8 and keys/offsets.npy.  Which it is shows only at the last key, so
// writing starts with the first form and moves to the second at the first key that does not fit.

import Foundations
import Ingest
import Storage
import Tasks
import Workspace

struct KeyColumnWriter: ~Copyable {
  private let folder: String
  private let rows: Int
  private var hex: AtomicFile?
  /// Where they are until it is known that they are hex: another process may do the same.
  private let interim: String
  private var text: StringColumnWriter?
  private var written = 0

  init(folder: String, rows: Int) throws(WinnowError) {
    self.folder = folder + "/keys"
    self.rows = rows
    interim = partialName(self.folder + "/hex.npy")
    try makeFolder(self.folder)
    hex = try AtomicFile.array(interim, .uint64Pair, shape: [rows])
    text = nil
  }

  mutating func append(_ block: MetadataBlock) throws(WinnowError) {
    if text == nil {
      if let halves = Self.halves(block) {
        try hex?.write(elements: halves)
        written += block.rows
        return
      }
      try changeToText()
    }
    try text?.append(bytes: block.keyBytes, offsets: block.keyOffsets)
    written += block.rows
  }

  /// High and low half of every key, or nil when one is not 32 lower-case hex digits.
  private static func halves(_ block: MetadataBlock) -> [UInt64]? {
    var halves: [UInt64] = []
    halves.reserveCapacity(2 * block.rows)
    for row in 0..<block.rows {
      let range = block.keyOffsets[row]..<block.keyOffsets[row + 1]
      guard let pair = HexKey(block.keyBytes[range]) else { return nil }
      halves.append(pair.high)
      halves.append(pair.low)
    }
    return halves
  }

  /// Writes the keys so far again, as text.
  private mutating func changeToText() throws(WinnowError) {
    text = try StringColumnWriter(folder: folder, rows: rows)
    if written > 0 {
      // What is written is whole only with all rows, so it is brought to that length first.
      for _ in written..<rows { try hex?.write(elements: [HexKey(high: 0, low: 0)]) }
      _ = try hex?.commit()
      let halves = try MappedArray<HexKey>(interim, type: .uint64Pair, shape: [rows])
      for row in 0..<written { try text?.append(halves[row].text) }
      try removeTree(interim)
    }
    hex = nil
  }

  /// Puts the keys in their place; returns their kind.
  mutating func commit(to staging: StagingFiles) throws(WinnowError) -> String {
    if text != nil {
      let seals = try text!.commit()
      staging.record("keys/data.utf8", seals.data)
      staging.record("keys/offsets.npy", seals.offsets)
      return "text"
    }
    let seal = try hex!.commit()
    try renameFile(interim, to: folder + "/hex.npy")
    staging.record("keys/hex.npy", seal)
    return "hex"
  }
}
