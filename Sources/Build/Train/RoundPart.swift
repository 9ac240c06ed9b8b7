// `--training-rows all` where tasks run on many machines: a round of k-means is a stage whose tasks
// pass some runs of rows each by the centroids, and one task that moves the centroids.  Every row's
// cluster is that of the exact search and sums are of integers, so the centroids are those of one
// process, which looks at fewer rows but finds the same.

import Foundations
import Tasks

/// What a task of a round leaves.
///
/// The file, little endian: u8 moved rows, candidates, k, dimensions, and far rows; the sizes of the
/// clusters u8; their sums i8 (k, dimensions); far rows as row u8, distance f4, cluster u4, the
/// cluster before u4, and nothing u4; every candidate's cluster u4; and the seal.
struct RoundPart {
  /// Rows whose cluster is another than in the round before.
  var moved: Int
  var sizes: [UInt64]
  var sums: [Int64]
  /// The rows farthest from their centroids, farthest first (ties: the lower row).
  var far: [FarRow]
  /// The cluster of every candidate of the part, in the order of the rows.
  var nearest: [UInt32]

  private static let headerWords = 5

  func write(to path: String) throws(WinnowError) {
    let dimensions = sizes.isEmpty ? 0 : sums.count / sizes.count
    let header = [moved, nearest.count, sizes.count, dimensions, far.count].map { UInt64($0) }
    try SealedFile.write(header, sizes, sums, far, nearest, to: path)
  }

  /// - Throws: ``WinnowError`` when the file is not whole or of another training.
  init(_ path: String, clusters: Int, dimensions: Int) throws(WinnowError) {
    guard let bytes = SealedFile.read(path) else {
      throw damaged(path, "it was changed during the build")
    }
    var offset = 0
    func take<Element: BitwiseCopyable>(_ count: Int, of _: Element.Type) -> [Element]? {
      let size = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
      guard count >= 0, !size.overflow, size.partialValue <= bytes.count - offset else {
        return nil
      }
      defer { offset += size.partialValue }
      return bytes.withUnsafeBytes { bytes in
        (0..<count).map {
          bytes.loadUnaligned(
            fromByteOffset: offset + $0 * MemoryLayout<Element>.stride, as: Element.self)
        }
      }
    }
    guard
      let header = take(Self.headerWords, of: UInt64.self)?.map({ Int(truncatingIfNeeded: $0) }),
      header[2] == clusters, header[3] == dimensions,
      let sizes = take(clusters, of: UInt64.self),
      let sums = take(clusters * dimensions, of: Int64.self),
      let far = take(header[4], of: FarRow.self),
      let nearest = take(header[1], of: UInt32.self), offset == bytes.count
    else { throw damaged(path, "it is of another training") }
    (moved, self.sizes, self.sums, self.far, self.nearest) = (
      header[0], sizes, sums, far, nearest
    )
  }

  init(
    moved: Int, sizes: [UInt64], sums: [Int64], far: [FarRow], nearest: [UInt32]
  ) {
    self.moved = moved
    self.sizes = sizes
    self.sums = sums
    self.far = far
    self.nearest = nearest
  }
}

/// A row that an empty cluster may be given.
struct FarRow: BitwiseCopyable, Sendable {
  var row: UInt64
  var distance: Float
  var cluster: UInt32
  var previous: UInt32
  var padding: UInt32 = 0

  static func isFarther(_ a: FarRow, _ b: FarRow) -> Bool {
    a.distance != b.distance ? a.distance > b.distance : a.row < b.row
  }
}

/// What moving the centroids after a round came to.
struct RoundEnd: Codable, Sendable {
  /// No row moved, so the centroids did not.
  var isConverged: Bool
  /// Rows that empty clusters were given, and these clusters.
  var refilled: [Int: UInt32]
}

/// Keeps the rows that are farthest from their centroids.
struct FarthestRows {
  private let limit: Int
  private var rows: [FarRow] = []

  init(limit: Int) { self.limit = limit }

  mutating func offer(_ row: FarRow) {
    rows.append(row)
    if rows.count >= 4 * limit + 1024 { trim() }
  }

  private mutating func trim() {
    rows.sort(by: FarRow.isFarther)
    rows.removeLast(max(0, rows.count - limit))
  }

  /// Farthest first.
  mutating func result() -> [FarRow] {
    trim()
    return rows
  }
}
