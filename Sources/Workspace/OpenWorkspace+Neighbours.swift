// Which concepts lie next to one, for people to look at: a scan of all centroids. The sums are
// plain float32 ones, not the canonical dot: nothing that is written depends on them.

import Foundations
import Storage

extension OpenWorkspace {
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
    let centroids = try MappedArray<Float>(
      path + "/centroids.npy", type: .float32, shape: [clusters, width])
    // The slices below do not keep the mapping alive.
    defer { withExtendedLifetime(centroids) {} }
    if count == 0 { return [] }
    let own = centroids.elements[cluster * width..<(cluster + 1) * width]
    let ownSquare = dot(own, own)
    var best: [(cluster: Int, distance: Float)] = []
    for other in 0..<clusters where other != cluster && scores.size[other] > 0 {
      if other % 1024 == 0, isCancelled() { return nil }
      let vector = centroids.elements[other * width..<(other + 1) * width]
      let cosine = dot(own, vector) / (ownSquare * dot(vector, vector)).squareRoot()
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

/// The sum of products, in eight lanes.
private func dot(
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
