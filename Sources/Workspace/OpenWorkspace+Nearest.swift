// The concept of this workspace that is nearest to a direction, for carrying decisions over from
// another clustering. Sums are plain float64 ones, in one order: the same everywhere.

import Foundations
import Storage

extension OpenWorkspace {
  /// The centroid of a cluster, of unit length.
  ///
  /// - Throws: ``WinnowError`` when the file of the centroids is no longer what it was.
  public func centroid(_ cluster: Int) throws(WinnowError) -> [Float] {
    precondition(cluster >= 0 && cluster < clusters)
    return try withCentroids { centroids in
      Array(centroids[cluster * dimensions..<(cluster + 1) * dimensions])
    }
  }

  /// For each vector the cluster with rows whose centroid has the largest cosine with it (ties: the
  /// lowest number), and that cosine.
  ///
  /// - Precondition: the vectors have ``dimensions`` components and are not zero.
  /// - Throws: ``WinnowError`` when the file of the centroids is no longer what it was.
  /// - Complexity: O(vectors * k * dimensions)
  public func nearestClusters(
    to vectors: [[Float]]
  ) throws(WinnowError) -> [(cluster: Int, cosine: Double)] {
    precondition(vectors.allSatisfy { $0.count == dimensions })
    let (width, sizes) = (dimensions, scores.size)
    return try withCentroids { centroids in
      vectors.map { vector in
        let length = dot(vector[...], vector[...]).squareRoot()
        var best = (cluster: -1, cosine: -Double.infinity)
        for cluster in sizes.indices where sizes[cluster] > 0 {
          let centroid = centroids[cluster * width..<(cluster + 1) * width]
          let cosine = dot(vector[...], centroid) / (length * dot(centroid, centroid).squareRoot())
          if cosine > best.cosine { best = (cluster, cosine) }
        }
        return best
      }
    }
  }

  private func withCentroids<R>(
    _ body: (UnsafeBufferPointer<Float>) -> R
  ) throws(WinnowError) -> R {
    let centroids = try MappedArray<Float>(
      path + "/centroids.npy", type: .float32, shape: [clusters, dimensions])
    defer { withExtendedLifetime(centroids) {} }
    return body(centroids.elements)
  }
}

/// The sum of products, one after the other.
private func dot(
  _ one: some RandomAccessCollection<Float>, _ other: some RandomAccessCollection<Float>
) -> Double {
  zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
