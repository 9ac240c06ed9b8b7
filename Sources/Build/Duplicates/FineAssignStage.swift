// Every candidate's fine cluster: the nearest of all, or of those of its coarse cluster.

import Clustering
import Foundations
import Tasks

extension StageName { package static let fineAssign = StageName("fine-assign") }

struct FineAssignStage: AssignmentStage {
  let name = StageName.fineAssign
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [.fineCentroids, job.searchedStage] }
  func follows(_ job: BuildJob) -> [StageName] { [job.searchedStage, .fineTrain] }
  func needs(_ job: BuildJob) -> TaskNeeds { job.fineAssignmentNeeds }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let wanted = job.deduplication
    // There are as many candidates as rows at most.
    let (n, fine) = (Double(job.shape.rows), Double(wanted.clusters(of: job.shape.rows)))
    let compared =
      fine > Double(wanted.clustersAtOnce) ? min(fine, fine.squareRoot() * 2) : fine
    let trained = min(n, Double(Deduplication.trainingRows) * fine)
    return StageForecast(
      name: step, tasks: job.shape.runs,
      disk: 8 * job.shape.rows + 4 * Int(fine) * job.dataset.dimensions,
      temporary: 8 * job.shape.rows,
      seconds: (compared * (trained * Double(Deduplication.iterations) + n) / rates.pairs
        + n / rates.rows) / rates.cores)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let levels = try job.fineLevels() else {
      let count = try job.fineClusters()
      return try assign(
        tasks, to: try job.readTrained(job.paths(of: .fineTrain)[0], count: count),
        of: job.searched(), job, run)
    }
    let coarseRuns = try job.paths(of: .coarseAssign)
    let buffers = (0..<run.threads).map { _ in BlockBuffer(job) }
    try run.inParallel(tasks) { (worker, task) throws(WinnowError) in
      try job.shards.reading(job.shards.paths.indices) { () throws(WinnowError) in
        try assign(coarseRuns[task], to: run.paths[task], levels, buffers[worker], job, run)
        run.progress(job.blocks.rows(of: job.blocks.runs[task]))
      }
    }
  }
  func conclude(_ job: BuildJob) throws(WinnowError) {
    try checkRuns(hold: job.searched(), job)
  }

  /// Writes the fine clusters of a run's rows, out of a run of the coarse ones.
  private func assign(
    _ coarseRun: String, to path: String, _ levels: FineLevels, _ buffer: BlockBuffer,
    _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) {
    let trained = try job.paths(of: .fineTrain)
    let coarse = try AssignedRun(coarseRun)
    var nearest = [UInt32](repeating: AssignedRun.none, count: coarse.rows)
    var distances = [Float](repeating: 0, count: coarse.rows)
    for cluster in 0..<levels.coarse {
      let rows = try coarse.rows(of: cluster).sorted()
      if rows.isEmpty { continue }
      let centroids = try job.readTrained(trained[cluster], count: levels.count(cluster))
      for start in stride(from: 0, to: rows.count, by: buffer.vectors.capacity) {
        if run.isCancelled() { throw .interrupted }
        let places = start..<min(start + buffer.vectors.capacity, rows.count)
        try buffer.gatherCandidates(rows, places, into: buffer.vectors) { $0 - start }
        centroids.assign(
          buffer.vectors, count: places.count, nearest: buffer.nearest,
          distances: buffer.distances, scratch: buffer.scratch)
        for (slot, place) in places.enumerated() {
          let row = rows[place] - coarse.firstRow
          nearest[row] = UInt32(levels.offsets[cluster]) + buffer.nearest[slot]
          distances[row] = buffer.distances[slot]
        }
      }
    }
    try AssignedRunWriter().write(
      firstRow: coarse.firstRow, count: coarse.rows, nearest: nearest, distances: distances,
      clusters: levels.fine, to: path)
  }
}
