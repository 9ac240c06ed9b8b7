// Clusters that another program found (faiss on a GPU, NeMo Curator): a number for every row.  They
// are checked at the start and read again block by block.

import Foundations
import Storage

/// The cluster of every row, from a `.npy` file of integers.
struct GivenAssignments: Codable, Sendable {
  let path: String
  /// SHA-256 of the file.
  let digest: String
  private let state: FileState
  private let clusters: Int
  private let dataOffset: Int
  private let width: Int
  private let isSigned: Bool

  /// - Parameters:
  ///   - rows: how many numbers it must have: shape (rows,) or (rows, 1).
  ///   - clusters: what they must be below.
  /// - Throws: ``WinnowError`` that names the first row whose number is none of a cluster.
  /// - Complexity: O(rows) time, a buffer of memory.
  init(_ path: String, rows: Int, clusters: Int) throws(WinnowError) {
    let header = try NpyHeader(of: InputFile(path))
    let shapes = [[rows], [rows, 1]]
    guard case .scalar(let type) = header.type, type.first == "<" || type.first == "|",
      let kind = type.dropFirst().first, kind == "i" || kind == "u",
      let width = header.type.stride, [1, 2, 4, 8].contains(width), shapes.contains(header.shape)
    else {
      throw .invalid(
        "\(path): expected integers (little endian) of shape (\(rows),), one cluster per row, "
          + "found \(header.type) of shape \(NpyHeader.text(header.shape)); give --assignments a "
          + "file that belongs to these rows")
    }
    self.path = path
    self.clusters = clusters
    self.width = width
    isSigned = kind == "i"
    dataOffset = header.dataOffset
    state = try FileState(of: path)
    digest = try Digest.ofFile(path)
    let block = 1 << 16
    let numbers = UnsafeMutablePointer<UInt32>.allocate(capacity: block)
    defer { numbers.deallocate() }
    for start in stride(from: 0, to: rows, by: block) {
      try read(start..<min(start + block, rows), into: numbers)
    }
  }

  /// The clusters of some rows.
  ///
  /// - Throws: ``WinnowError``, also when the file is no longer what it was.
  func read(
    _ rows: Range<Int>, into numbers: UnsafeMutablePointer<UInt32>
  ) throws(WinnowError) {
    let file = try InputFile(path)
    let bytes: [UInt8] = try file.elements(
      width * rows.count, at: dataOffset + width * rows.lowerBound)
    let now = try FileState(of: path)
    if let text = state.difference(to: now) {
      throw .invalid("\(path): it changed during the build: \(text); build again")
    }
    for index in 0..<rows.count {
      let number = number(bytes, index)
      guard number >= 0, number < Int128(clusters) else {
        throw .invalid(
          "\(path), row \(rows.lowerBound + index): expected a cluster from 0 to \(clusters - 1) "
            + "(one for each centroid), found \(number); every row needs one, even if it is "
            + "dropped")
      }
      numbers[index] = UInt32(number)
    }
  }

  private func number(_ bytes: [UInt8], _ index: Int) -> Int128 {
    bytes.withUnsafeBytes { bytes in
      func load<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Int128 {
        Int128(bytes.loadUnaligned(fromByteOffset: index * width, as: Number.self))
      }
      switch (width, isSigned) {
      case (1, true): return load(Int8.self)
      case (1, false): return load(UInt8.self)
      case (2, true): return load(Int16.self)
      case (2, false): return load(UInt16.self)
      case (4, true): return load(Int32.self)
      case (4, false): return load(UInt32.self)
      case (_, true): return load(Int64.self)
      case (_, false): return load(UInt64.self)
      }
    }
  }
}
