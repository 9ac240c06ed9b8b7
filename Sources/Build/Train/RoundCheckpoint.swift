// The training between two rounds.  Rounds are tasks that follow each other, and only the last finished
// one matters: its file replaces the one before.

import Clustering
import Foundations
import Tasks

struct RoundCheckpoint {
  /// The rows that it was made with, which a changed number of candidates would change.
  let rows: Int
  let dimensions: Int
  let path: String

  init(folder: String, rows: Int, dimensions: Int) {
    self.rows = rows
    self.dimensions = dimensions
    path = folder + "/round"
  }

  func write(_ state: TrainingState) throws(WinnowError) {
    let header: [UInt64] = [
      UInt64(state.rounds), UInt64(rows), UInt64(dimensions), UInt64(state.centroids.count),
      UInt64(state.nearest.count),
    ]
    try SealedFile.write(header, state.centroids, state.nearest, to: path)
  }

  /// The state that was written last; nil where there is none that fits.
  func read(clusters: Int) -> TrainingState? {
    guard let bytes = SealedFile.read(path) else { return nil }
    return bytes.withUnsafeBytes { bytes -> TrainingState? in
      let size = MemoryLayout<UInt64>.stride
      guard bytes.count >= 5 * size else { return nil }
      let header = (0..<5).map {
        Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: $0 * size, as: UInt64.self))
      }
      guard header[1] == rows, header[2] == dimensions, header[3] == clusters * dimensions,
        header[4] == rows, bytes.count == 5 * size + 4 * (header[3] + header[4])
      else { return nil }
      func numbers<Number: BitwiseCopyable>(_ count: Int, at offset: Int, of _: Number.Type)
        -> [Number]
      {
        [Number](unsafeUninitializedCapacity: count) { target, filled in
          UnsafeMutableRawBufferPointer(target).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4 * count]))
          filled = count
        }
      }
      return TrainingState(
        rounds: header[0], centroids: numbers(header[3], at: 5 * size, of: Float.self),
        nearest: numbers(header[4], at: 5 * size + 4 * header[3], of: UInt32.self))
    }
  }
}
