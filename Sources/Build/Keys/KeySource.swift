// The keys of a workspace in the making, read by `pread`: mapped pages would count as our memory.

import Foundations
import Storage

/// keys/ of either kind, read a range of rows at a time.
struct KeySource: ~Copyable {
  /// Bytes of every key, or nil where they differ.
  let width: Int?
  let rows: Int
  private let data: InputFile
  private let dataStart: Int
  /// Of keys of one width the same file again.
  private let offsets: InputFile
  private let offsetsStart: Int

  /// - Parameter folder: `keys/` with hex.npy, or data.utf8 and offsets.npy.
  init(folder: String, kind: String, rows: Int) throws(WinnowError) {
    let isHex = kind == "hex"
    let path = folder + (isHex ? "/hex.npy" : "/offsets.npy")
    let offsets = try openArray(path, isHex ? .uint64Pair : .uint64, [isHex ? rows : rows + 1])
    let data = try InputFile(isHex ? path : folder + "/data.utf8")
    self.rows = rows
    width = isHex ? 16 : nil
    offsetsStart = offsets.size - 8 * (rows + 1)
    dataStart = isHex ? data.size - 16 * rows : 0
    self.offsets = offsets
    self.data = data
  }

  func byteCount(_ range: Range<Int>) throws(WinnowError) -> Int {
    if let width { return width * range.count }
    return Int(try offset(range.upperBound)) - Int(try offset(range.lowerBound))
  }

  private func offset(_ row: Int) throws(WinnowError) -> UInt64 {
    let found = try offsets.elements(1, at: offsetsStart + 8 * row, of: UInt64.self)[0]
    guard found <= UInt64(data.size) else { throw broken() }
    return found
  }

  private func broken() -> WinnowError {
    damaged(offsets.path, "expected offsets in ascending order")
  }

  func keys(_ range: Range<Int>) throws(WinnowError) -> KeyBytes {
    let size = try byteCount(range)
    guard size >= 0 else { throw broken() }
    let keys = KeyBytes(capacity: range.count, bytes: size)
    let target = UnsafeMutableRawBufferPointer(start: keys.bytes, count: size)
    if let width {
      try data.readExactly(into: target, at: dataStart + width * range.lowerBound)
      let halves = target.bindMemory(to: UInt64.self)
      for place in halves.indices { halves[place] = halves[place].bigEndian }
      for index in 0...range.count { keys.ends[index] = UInt64(width * index) }
    } else {
      try offsets.readExactly(
        into: UnsafeMutableRawBufferPointer(start: keys.ends, count: 8 * (range.count + 1)),
        at: offsetsStart + 8 * range.lowerBound)
      let base = keys.ends[0]
      for index in 0..<range.count where keys.ends[index] > keys.ends[index + 1] { throw broken() }
      for index in 0...range.count { keys.ends[index] -= base }
      guard Int(keys.ends[range.count]) == size else { throw broken() }
      try data.readExactly(into: target, at: Int(base))
    }
    keys.append(range.count)
    return keys
  }
}
