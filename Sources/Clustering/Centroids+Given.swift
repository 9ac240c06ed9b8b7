// Rows whose centroids are known from elsewhere: only the distances are to be computed.

import CKernels
import Storage

extension Centroids {
  /// For each of `count` vectors the distance max(0, 1 - cosine) to the centroid that it belongs to,
  /// by the canonical dot product: the same as a search that finds this centroid gives.
  ///
  /// - Parameters:
  ///   - bytes: `count * dimensions` elements in C order, of any alignment.
  ///   - clusters: `count` numbers below the number of centroids.
  ///   - faulty: called for every vector that is zero, NaN or infinite, in order; what is written
  ///     for it means nothing.
  /// - Complexity: O(count * dimensions)
  public func distances(
    bytes: UnsafeRawBufferPointer, element: EmbeddingElement, count rowCount: Int,
    to clusters: UnsafePointer<UInt32>, distances: UnsafeMutablePointer<Float>,
    scratch: AssignmentScratch, faulty: (Int, RowFault) -> Void
  ) {
    forBlocks(of: bytes, element: element, count: rowCount, scratch: scratch, faulty: faulty) {
      block, rows in
      for (slot, row) in rows.enumerated() {
        let cluster = Int(clusters[row])
        precondition(cluster < count)
        distances[row] = distance(of: slot, in: block, to: cluster)
      }
    }
  }
}
