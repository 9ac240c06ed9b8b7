import Foundations
import Storage
import Workspace

/// The candidates by fine cluster, each from the farthest to the nearest of its centroid (ties: the
/// lower row), as a stage has left them on the disk.
struct FineClusters: Sendable {
  /// A `.npy` of rows, u4 or u8.
  let members: String
  /// fine_centroids.npy.
  let centroids: String
  private let dimensions: Int
  /// Where each cluster's members begin, and the end of the last.
  let offsets: [Int]
  /// Of each cluster, in units of 1 / ``distanceUnit``.
  private let distanceSums: [Int128]

  init(members: String, centroids: String, dimensions: Int, _ totals: MemberTotals) {
    self.members = members
    self.centroids = centroids
    self.dimensions = dimensions
    var offsets = [0]
    for size in totals.sizes { offsets.append(offsets.last! + size) }
    self.offsets = offsets
    distanceSums = totals.distanceSums
  }

  var count: Int { offsets.count - 1 }
  var candidates: Int { offsets[count] }

  func size(_ cluster: Int) -> Int { offsets[cluster + 1] - offsets[cluster] }

  func rows(_ cluster: Int) throws(WinnowError) -> [Int] {
    let places = offsets[cluster]..<offsets[cluster + 1]
    let file = try InputFile(members)
    let header = try NpyHeader(of: file)
    let size = header.type == .uint64 ? 8 : 4
    let start = header.dataOffset + size * places.lowerBound
    return header.type == .uint64
      ? try file.elements(places.count, at: start, of: UInt64.self).map { Int($0) }
      : try file.elements(places.count, at: start, of: UInt32.self).map { Int($0) }
  }

  /// A vector in the middle of a cluster's unit vectors: the centroid, as long as their mean
  /// component in its direction.
  func middle(_ cluster: Int) throws(WinnowError) -> [Float] {
    let mean =
      size(cluster) == 0
      ? 0 : 1 - Double(distanceSums[cluster]) / distanceUnit / Double(size(cluster))
    // A little shorter, because a centroid's length is 1 to float32's precision only.
    let length = Float(max(0, mean) * 0.999)
    let file = try openArray(centroids, .float32, [count, dimensions])
    let size = 4 * dimensions
    let centroid: [Float] = try file.elements(dimensions, at: file.size - (count - cluster) * size)
    return centroid.map { $0 * length }
  }
}
