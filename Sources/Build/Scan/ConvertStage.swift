// Shards whose rows cannot be read at any place (deflated members of archives, Parquet columns of
// lists) are converted once, one task per shard, into a `.npy` file below stage/.  Everything after
// reads that; what is named, watched and digested stays the file that the user gave.

import Foundations
import Ingest
import Tasks

extension StageName { package static let convert = StageName("convert") }

struct ConvertStage: BuildStage {
  let name = StageName.convert
  let hasResultPerInput = true
  let resultPrefix = "shard"

  /// The shards that are converted, by their numbers.
  private func wanted(_ job: BuildJob) -> [Int] {
    job.dataset.shards.indices.filter { job.dataset.shards[$0].needsConversion }
  }

  func after(_ job: BuildJob) -> [StageName] { [] }

  func inputs(_ job: BuildJob) -> InputWatch? {
    let wanted = wanted(job)
    return InputWatch(
      wanted.map { job.shards.paths[$0] }, stamps: wanted.map { job.shards.stamps[$0] })
  }
  func parameters(_ job: BuildJob) -> [String: String] { job.dataset.readBy }
  func results(_ job: BuildJob) -> [String] { wanted(job).map(ConvertedShard.name) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { ConvertedShard.isWhole(path) }
  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { wanted(job).map { job.dataset.shards[$0].rows } }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: 1, memory: job.shape.single.scanning)
  }

  private func bytes(_ job: BuildJob) -> Int {
    wanted(job).reduce(0) { $0 + job.dataset.shards[$1].rows * job.dataset.shards[$1].bytesPerRow }
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: wanted(job).count, bytes: 2 * bytes(job))
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let wanted = wanted(job)
    let seconds = wanted.reduce(0) { $0 + job.dataset.shards[$1].secondsToConvert }
    return StageForecast(
      tasks: wanted.count, disk: bytes(job), temporary: bytes(job),
      seconds: seconds / rates.threads(wanted.count))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let wanted = wanted(job)
    try run.inParallel(tasks) { (_, task) throws(WinnowError) in
      let shard = wanted[task]
      try job.shards.reading([shard]) { () throws(WinnowError) in
        try ConvertedShard.write(
          job.dataset.shards[shard], to: run.paths[task], job.parameters.ingest, run)
      }
    }
  }
}

extension EmbeddingShard {
  /// About what it takes to convert: zlib inflates 200 MB/s, and numbers pass through text at 6 million
  /// a second.
  fileprivate var secondsToConvert: Double {
    if case .listColumn = form { return Double(rows * dimensions) / 6e6 }
    return Double(rows * bytesPerRow) / 200e6
  }
}
