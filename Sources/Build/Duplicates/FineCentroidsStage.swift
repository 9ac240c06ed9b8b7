// fine_centroids.npy: the centroids of all trainings, one after another.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let fineCentroids = StageName("fine-centroids") }

struct FineCentroidsStage: SingleStage, BuildStage {
  /// The number of fine clusters.
  typealias Value = Int
  let name = StageName.fineCentroids
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [.fineTrain] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.fineTrainingSignature()
  }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 8 * job.shape.fine * job.dataset.dimensions)
  }

  func make(_ job: BuildJob, _ files: StagingFiles, _ run: StageRun) throws(WinnowError) -> Int {
    let levels = try job.fineLevels()
    let clusters = try job.fineClusters()
    var file = try files.open(
      TwinFiles.centroids, .float32, shape: [clusters, job.dataset.dimensions])
    for (cluster, path) in try job.paths(of: .fineTrain).enumerated() {
      let count = levels?.count(cluster) ?? clusters
      try file.write(
        elements: try readComponents(path, count: count, dimensions: job.dataset.dimensions))
    }
    files.record(TwinFiles.centroids, try file.commit())
    return clusters
  }
}

/// The centroids that a task of a training left.
func readComponents(
  _ path: String, count: Int, dimensions: Int
) throws(WinnowError) -> [Float] {
  guard let bytes = SealedFile.read(path), bytes.count == 4 * count * dimensions else {
    throw damaged(path, "it was changed during the build")
  }
  return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
}

extension BuildJob {
  /// The centroids that a task of a training left, ready to be searched.
  func readTrained(_ path: String, count: Int) throws(WinnowError) -> Centroids {
    Centroids(
      components: try readComponents(path, count: count, dimensions: dataset.dimensions),
      count: count, dimensions: dataset.dimensions, instructions: instructions)
  }
}
