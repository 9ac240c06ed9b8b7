// fine_centroids.npy: the centroids of all trainings, one after another.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let fineCentroids = StageName("fine-centroids") }

struct FineCentroidsStage: SingleStage, FineTrainingStage {
  let name = StageName.fineCentroids

  func after(_ job: BuildJob) -> [StageName] { [.fineTrain] }
  func bytes(_ job: BuildJob) -> Int { 8 * job.shape.fine * job.dataset.dimensions }

  /// - Returns: the number of fine clusters.
  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let levels = try job.fineLevels()
    let clusters = try job.fineClusters()
    var file = try run.files.open(
      TwinFiles.centroids, .float32, shape: [clusters, job.dataset.dimensions])
    for (cluster, path) in try job.paths(of: .fineTrain).enumerated() {
      let count = levels?.count(cluster) ?? clusters
      try file.write(
        elements: try readComponents(path, count: count, dimensions: job.dataset.dimensions))
    }
    run.files.record(TwinFiles.centroids, try file.commit())
    return clusters
  }
}

/// The centroids that a task of a training left.
func readComponents(
  _ path: String, count: Int, dimensions: Int
) throws(WinnowError) -> [Float] {
  guard var arrays = SealedArrays(path),
    let components = arrays.take(count * dimensions, of: Float.self), arrays.isAtEnd
  else { throw damaged(path, "it was changed during the build") }
  return components
}

extension BuildJob {
  /// The centroids that a task of a training left, ready to be searched.
  func readTrained(_ path: String, count: Int) throws(WinnowError) -> Centroids {
    Centroids(
      components: try readComponents(path, count: count, dimensions: dataset.dimensions),
      count: count, dimensions: dataset.dimensions, instructions: instructions)
  }
}
