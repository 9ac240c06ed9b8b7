// A list against its header, byte by byte, in whatever pieces it comes: a list of hundreds of millions
// of rows is not held to be checked.

import Foundations
import Ingest
import Storage

/// What is in a list of one file.
protocol ListCheck {
  mutating func take(_ block: UnsafeRawBufferPointer)
  /// What is wrong; called once, after the last byte.
  mutating func faults() -> [String]
}

struct WrittenList {
  let path: String
  let header: Provenance
  /// Where the program that reads Parquet is.
  let programs: IngestOptions

  /// What is wrong in it, one line each.
  ///
  /// - Complexity: O(bytes), a MiB of memory.
  func faults(_ check: some ListCheck) throws(WinnowError) -> [String] {
    var check = check
    try InputFile(path).forEachBlock(1 << 20) { check.take($0) }
    return check.faults().map { "\(path): \($0)" }
  }
}

/// Says how many rows were found where the header promises others.
func countFaults(_ count: Int, _ header: Provenance) -> [String] {
  count == header.rows ? [] : ["expected \(header.rows) rows, found \(count)"]
}

/// The words of a `.npy` list, behind the header that it must begin with.
struct NpyWords {
  private let start: [UInt8]
  private var begun = 0
  private var word: UInt64 = 0
  private var bytes = 0
  private(set) var count = 0
  private(set) var isAnother = false

  init(_ type: NpyType, count: Int) { start = NpyHeader.bytes(type, shape: [count]) }

  /// Gives every word that a block ends to `body`, with its number.
  mutating func take(
    _ block: UnsafeRawBufferPointer, _ body: (_ number: Int, _ word: UInt64) -> Void
  ) {
    for byte in block {
      if begun < start.count {
        isAnother = isAnother || byte != start[begun]
        begun += 1
        continue
      }
      word |= UInt64(byte) << UInt64(8 * bytes)
      bytes += 1
      if bytes < 8 { continue }
      body(count, word)
      (word, bytes) = (0, 0)
      count += 1
    }
  }

  /// What is wrong with the header; else `other`, a fault among the words.
  func faults(_ other: String?) -> [String] {
    isAnother
      ? ["expected a .npy header of its format and rows, found another"]
      : other.map { [$0] } ?? []
  }
}
