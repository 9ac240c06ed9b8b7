// key_order.npy from the runs of keys, in parts of bounded size, as members are made from theirs.

import Foundations
import Storage
import Tasks

/// The first 64 bytes of a part's file; its rows follow, u4 or u8.
struct KeyPartHeader: SealedHeader {
  static let magic: UInt64 = 0x0044_524F_574E_4E57  // "WNNWORD\0"

  var magic: UInt64 = Self.magic
  var count: UInt64
  /// Places whose key is that of the place before, and the first of them (0 where there is none).
  var repeated: UInt64 = 0
  var firstRepeated: UInt64 = 0
  var reserved: UInt64 = 0
  var seal: (UInt64, UInt64, UInt64) = (0, 0, 0)
}

/// How the order of all keys is cut into parts.
package struct KeyParts: Sendable {
  let runs: [String]
  package let starts: [Start]

  /// Where a part begins, and how many rows it has.
  package struct Start: Codable, Sendable {
    var cut: RunCut<KeyText>?
    var count: Int
  }

  package var count: Int { starts.count }

  /// Writes the rows of a part, u4 or u8, to `path`; depends on the runs only.
  func write(_ part: Int, to path: String, rowBytes: Int) throws(WinnowError) {
    if rowBytes == 8 {
      try write(part, of: UInt64.self, to: path)
    } else {
      try write(part, of: UInt32.self, to: path)
    }
  }

  private func write<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ part: Int, of _: Row.Type, to path: String
  ) throws(WinnowError) {
    let (cut, end) = (starts[part].cut, part + 1 < count ? starts[part + 1].cut : nil)
    var slices: [Range<Int>] = []
    var bytes = 0
    for (number, path) in runs.enumerated() {
      let run = try KeyRun(path)
      let all = 0..<run.count
      let first = try cut?.place(in: run, number: number, all) ?? 0
      let last = try end?.place(in: run, number: number, first..<run.count) ?? run.count
      slices.append(first..<last)
      bytes += try run.byteCount(first..<last)
    }
    let size = starts[part].count
    guard slices.reduce(0, { $0 + $1.count }) == size else {
      throw damaged(path, "the runs of keys changed while they were read")
    }
    let keys = KeyBytes(capacity: size, bytes: bytes)
    var rows: [Row] = []
    rows.reserveCapacity(size)
    let relative = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
    defer { relative.deallocate() }
    var used = 0
    for (number, slice) in slices.enumerated() where !slice.isEmpty {
      let run = try KeyRun(runs[number])
      try run.read(slice, into: keys, rows: relative)
      let base = Row(truncatingIfNeeded: run.firstRow)
      for place in 0..<slice.count { rows.append(base &+ Row(truncatingIfNeeded: relative[place])) }
      used += 1
    }
    var header = KeyPartHeader(count: UInt64(size))
    // One run is sorted already.
    let order = used < 2 ? Array(0..<UInt32(size)) : keys.sorted().map(\.index)
    for place in order.indices.dropFirst()
    where keys.key(Int(order[place - 1])).elementsEqual(keys.key(Int(order[place]))) {
      header.repeated += 1
      if header.firstRepeated == 0 { header.firstRepeated = UInt64(place) }
    }
    try withBytes(of: order.map { rows[Int($0)] }) { (sorted) throws(WinnowError) in
      try header.write(sorted, to: path)
    }
  }
}

extension KeyParts {
  /// - Parameter limit: bytes that a part may take in memory.
  /// - Throws: ``WinnowError`` when a run is damaged or does not follow the one before it.
  init(runs: [String], rows: Int, limit: Int) throws(WinnowError) {
    var slices: [Range<Int>] = []
    var widths: [Int] = []
    var next = 0
    for path in runs {
      let run = try KeyRun(path)
      widths.append(run.width)
      guard run.firstRow == next else {
        throw damaged(path, "expected keys from row \(next) on, found row \(run.firstRow)")
      }
      next += run.count
      slices.append(0..<run.count)
    }
    guard next == rows else { throw damaged(runs.last ?? "keys", "expected keys of \(rows) rows") }
    self.runs = runs
    let cutter = RunCutter<KeyRun>(
      limit: limit,
      weight: { (slices) throws(WinnowError) in
        var weight = 0
        for (run, slice) in slices.enumerated() where !slice.isEmpty {
          weight += KeyBytes.bytesPerKey * slice.count
          // Keys of one width need no look into the run.
          weight +=
            widths[run] > 0 ? widths[run] * slice.count : try KeyRun(runs[run]).byteCount(slice)
        }
        return weight
      },
      open: { (run) throws(WinnowError) in try KeyRun(runs[run]) })
    starts = try cutter.parts(of: slices).map { Start(cut: $0.start, count: $0.count) }
  }
}
