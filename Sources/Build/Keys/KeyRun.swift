// A run of keys: those of a range of rows, sorted.  A task leaves one; key_order.npy is all of them
// merged, part by part (KeyParts).
//
// The file, little endian: 64 bytes of header, rows u4 counted from the run's first one, where each
// key begins u8 (count + 1; missing where all keys are of one width), the keys' bytes.

import Foundations
import Storage
import Tasks

struct KeyRunHeader: SealedHeader {
  static let magic: UInt64 = 0x0059_454B_574E_4E57  // "WNNWKEY\0"

  var magic: UInt64 = Self.magic
  var version: UInt32 = 1
  /// Bytes of every key; 0 where they differ.
  var width: UInt32
  var firstRow: UInt64
  var count: UInt64
  var bytes: UInt64
  var seal: (UInt64, UInt64, UInt64) = (0, 0, 0)
}

struct KeyText: Comparable, Sendable, Codable {
  var bytes: [UInt8]

  static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// A run, open for reading by `pread`.
struct KeyRun: ~Copyable, SortedRun {
  private let file: InputFile
  /// Bytes of every key; 0 where they differ.
  let width: Int
  let firstRow: Int
  let count: Int
  private let byteCount: Int

  /// - Throws: ``WinnowError`` when the file is no run or not whole.
  init(_ path: String) throws(WinnowError) {
    let file = try InputFile(path)
    guard let header = try KeyRunHeader.read(file), header.version == 1,
      header.count < UInt64(UInt32.max), header.bytes <= UInt64(file.size),
      header.firstRow <= UInt64(Int64.max) - header.count,
      UInt64(file.size) == 64 + 4 * header.count
        + (header.width == 0 ? 8 * (header.count + 1) : 0) + header.bytes,
      header.width == 0 || header.bytes == UInt64(header.width) * header.count
    else { throw Self.broken(path) }
    self.file = file
    width = Int(header.width)
    firstRow = Int(header.firstRow)
    count = Int(header.count)
    byteCount = Int(header.bytes)
  }

  private static func broken(_ path: String) -> WinnowError {
    WinnowError(
      path: path, fault: "it is not a complete run of keys", remedy: "remove it and build again")
  }

  private var endsStart: Int { KeyRunHeader.size + 4 * count }
  private var bytesStart: Int { endsStart + (width == 0 ? 8 * (count + 1) : 0) }

  func byteCount(_ places: Range<Int>) throws(WinnowError) -> Int {
    if width > 0 { return width * places.count }
    let (begin, end) = (try end(places.lowerBound), try end(places.upperBound))
    guard begin <= end else { throw Self.broken(file.path) }
    return end - begin
  }

  private func end(_ place: Int) throws(WinnowError) -> Int {
    let found = try file.elements(1, at: endsStart + 8 * place, of: UInt64.self)[0]
    guard found <= UInt64(byteCount) else { throw Self.broken(file.path) }
    return Int(found)
  }

  func key(at place: Int) throws(WinnowError) -> KeyText {
    let size = try byteCount(place..<place + 1)
    let start = width > 0 ? width * place : try end(place)
    return KeyText(bytes: try file.elements(size, at: bytesStart + start))
  }

  /// Adds the keys at some places to `keys` and their rows, counted from ``firstRow``, to `rows`.
  func read(
    _ places: Range<Int>, into keys: KeyBytes, rows: UnsafeMutablePointer<UInt32>
  ) throws(WinnowError) {
    let size = try byteCount(places)
    guard places.count <= keys.capacity - keys.count, size <= keys.byteCapacity - keys.byteCount
    else { throw Self.broken(file.path) }
    let start = width > 0 ? width * places.lowerBound : try end(places.lowerBound)
    let base = keys.byteCount
    let ends = keys.ends + keys.count
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(start: rows, count: 4 * places.count),
      at: KeyRunHeader.size + 4 * places.lowerBound)
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(start: keys.bytes + base, count: size),
      at: bytesStart + start)
    if width == 0 {
      try file.readExactly(
        into: UnsafeMutableRawBufferPointer(start: ends, count: 8 * (places.count + 1)),
        at: endsStart + 8 * places.lowerBound)
    }
    for index in 0...places.count {
      if width > 0 {
        ends[index] = UInt64(base + width * index)
      } else {
        guard ends[index] >= UInt64(start), ends[index] <= UInt64(start + size) else {
          throw Self.broken(file.path)
        }
        ends[index] = ends[index] - UInt64(start) + UInt64(base)
        guard index == 0 || ends[index - 1] <= ends[index] else { throw Self.broken(file.path) }
      }
    }
    for index in 0..<places.count where rows[index] >= UInt32(count) {
      throw Self.broken(file.path)
    }
    keys.append(places.count)
  }

  /// Writes the run of the keys of some rows.
  ///
  /// - Complexity: that of ``KeyBytes/sorted()``.
  static func write(
    _ range: Range<Int>, of source: borrowing KeySource, to path: String
  ) throws(WinnowError) {
    let keys = try source.keys(range)
    let order = keys.sorted()
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: keys.byteCount, alignment: 16)
    defer { bytes.deallocate() }
    var ends: [UInt64] = []
    if source.width == nil { ends = [0] }
    ends.reserveCapacity(order.count + 1)
    var end = 0
    for entry in order {
      let key = keys.key(Int(entry.index))
      if key.count > 0 {
        (bytes.baseAddress! + end).copyMemory(from: key.baseAddress!, byteCount: key.count)
      }
      end += key.count
      if source.width == nil { ends.append(UInt64(end)) }
    }
    let header = KeyRunHeader(
      width: UInt32(source.width ?? 0), firstRow: UInt64(range.lowerBound),
      count: UInt64(range.count), bytes: UInt64(keys.byteCount))
    try withBytes(of: order.map(\.index)) { (rows) throws(WinnowError) in
      try withBytes(of: ends) { (ends) throws(WinnowError) in
        try header.write(rows, ends, UnsafeRawBufferPointer(bytes), to: path)
      }
    }
  }
}

// The keys of a workspace in the making, read by `pread`: mapped pages would count as our memory.

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
