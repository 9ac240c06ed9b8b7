// Which concepts are nearest: to a direction, for carrying decisions over from another clustering, by
// plain float64 sums in one order, the same everywhere; and to a concept, for people to look at, by
// plain float32 sums, not the canonical dot: nothing that is written depends on them.

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

  /// The concepts whose centroids are nearest to that of `cluster`, nearest first, with their
  /// distances 1 - cosine; ties by the lower number. Empty concepts are left out.
  ///
  /// - Parameter isCancelled: asked now and then; nil is returned once it says true.
  /// - Throws: ``WinnowError`` when the file of the centroids is no longer what it was.
  /// - Complexity: O(k * dimensions)
  public func nearestConcepts(
    to cluster: Int, count: Int, isCancelled: () -> Bool = { false }
  ) throws(WinnowError) -> [(cluster: Int, distance: Float)]? {
    precondition(cluster >= 0 && cluster < clusters && count >= 0)
    let width = dimensions
    return try withCentroids { centroids in
      if count == 0 { return [] }
      let own = centroids[cluster * width..<(cluster + 1) * width]
      let ownSquare = fastDot(own, own)
      var best: [(cluster: Int, distance: Float)] = []
      for other in 0..<clusters where other != cluster && scores.size[other] > 0 {
        if other % 1024 == 0, isCancelled() { return nil }
        let vector = centroids[other * width..<(other + 1) * width]
        let cosine = fastDot(own, vector) / (ownSquare * fastDot(vector, vector)).squareRoot()
        let distance = max(0, 1 - cosine)
        guard distance.isFinite, best.count < count || distance < best[count - 1].distance else {
          continue
        }
        let place = best.firstIndex { $0.distance > distance } ?? best.count
        best.insert((other, distance), at: place)
        if best.count > count { best.removeLast() }
      }
      return best
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

/// The sum of products, in eight lanes.
private func fastDot(
  _ a: Slice<UnsafeBufferPointer<Float>>, _ b: Slice<UnsafeBufferPointer<Float>>
) -> Float {
  // Sound: both slices lie in the mapped array, whose indices were checked when slicing.
  let left = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: a))
  let right = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: b))
  var lanes = SIMD8<Float>.zero
  let whole = a.count / 8 * 8
  for start in stride(from: 0, to: whole * 4, by: 32) {
    lanes +=
      left.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
      * right.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
  }
  var sum = lanes.sum()
  for index in whole..<a.count { sum += a[a.startIndex + index] * b[b.startIndex + index] }
  return sum
}
