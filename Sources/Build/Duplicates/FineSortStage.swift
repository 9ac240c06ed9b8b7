// The candidates by fine cluster, each from the farthest to the nearest of its centroid, below stage/.

import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let fineSort = StageName("fine-sort") }

struct FineSortStage: SingleStage, BuildStage {
  let name = StageName.fineSort
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.fine.parts] }
  func consumes(_ job: BuildJob) -> [StageName] { [MemberKind.fine.cut, MemberKind.fine.parts] }
  func follows(_ job: BuildJob) -> [StageName] { [.fineAssign] }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }
  func bytes(_ job: BuildJob) -> Int { 16 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberTotals {
    let own = StagingFiles(folder: run.folder)
    let totals = try MemberKind.fine.join(job, job.searched(), to: own, run)
    for (file, seal) in own.all { run.files.record("\(stageFolder)/\(name)/\(file)", seal) }
    return totals
  }
}

extension BuildJob {
  /// The fine clusters, as they are sorted.
  func sortedFineClusters() throws(WinnowError) -> FineClusters {
    FineClusters(
      members: path("\(stageFolder)/\(StageName.fineSort)/members.npy"),
      centroids: path(TwinFiles.centroids), dimensions: dataset.dimensions,
      try graph.value(of: FineSortStage()))
  }
}

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
    offsets = totals.sizes.reduce(into: [0]) { $0.append($0.last! + $1) }
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
