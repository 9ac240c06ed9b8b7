// clusters.npy: size, d_intra, d_inter and complexity of every concept.

import Clustering
import Foundations
import Tasks
import Workspace

extension StageName { package static let score = StageName("score") }

struct ScoreStage: SingleStage, BuildStage {
  let name = StageName.score

  func after(_ job: BuildJob) -> [StageName] { [.sort, .train] }
  func parameters(_ job: BuildJob) -> [String: String] {
    ["--neighbours": "\(job.parameters.neighbours)"]
  }

  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let one = job.shape.single
    return TaskNeeds(
      threads: job.shape.threads, memory: one.assignment(one.clusters) + one.candidateBytes)
  }
  func bytes(_ job: BuildJob) -> Int { 4 * job.parameters.clusters * job.dataset.dimensions }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let k = job.shape.clusters
    return StageForecast(
      tasks: 1, disk: 32 * k, seconds: Double(k) * Double(k) / rates.dots / rates.cores)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let k = job.parameters.clusters
    job.graph.report(.score, done: 0, total: k, unit: "concepts")
    let totals = try job.totals()
    let dInter = try job.centroids().meanDistanceToNeighbours(
      job.parameters.neighbours, threads: run.threads)
    let records = (0..<k).map { cluster in
      let size = totals.sizes[cluster]
      let mean = size == 0 ? 0 : Double(totals.distanceSums[cluster]) / distanceUnit / Double(size)
      return ClusterRecord(
        size: UInt64(size), dIntra: mean, dInter: dInter[cluster],
        complexity: dInter[cluster] * mean)
    }
    try run.files.writeArray("clusters.npy", ClusterRecord.type, shape: [k], elements: records)
    return k
  }
}
