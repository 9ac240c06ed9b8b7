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
    let header = [state.rounds, rows, dimensions, state.centroids.count, state.nearest.count]
      .map { UInt64($0) }
    try SealedFile.write(header, state.centroids, state.nearest, to: path)
  }

  /// The state that was written last; nil where there is none that fits.
  func read(clusters: Int) -> TrainingState? {
    guard var arrays = SealedArrays(path),
      let header = arrays.take(5, of: UInt64.self)?.map({ Int(truncatingIfNeeded: $0) }),
      header[1...] == [rows, dimensions, clusters * dimensions, rows],
      let centroids = arrays.take(clusters * dimensions, of: Float.self),
      let nearest = arrays.take(rows, of: UInt32.self), arrays.isAtEnd
    else { return nil }
    return TrainingState(rounds: header[0], centroids: centroids, nearest: nearest)
  }
}
