import Foundations
import Storage

/// similarity.npy of a workspace in the making.
final class SimilarityReader: Sendable {
  private let file: InputFile
  private let start: Int

  init(_ path: String, rows: Int) throws(WinnowError) {
    file = try openArray(path, .float32, [rows])
    start = file.size - 4 * rows
  }

  /// The similarities of some rows, NaN where one is missing.
  func values(_ rows: Range<Int>) throws(WinnowError) -> [Float] {
    let place = start + 4 * rows.lowerBound
    return try file.elements(rows.count, at: place)
  }
}
