// `--allow` and `--deny`: which rows the lists of keys let stay.

import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let lists = StageName("lists") }

struct ListsStage: SingleStage, BuildStage {
  let name = StageName.lists
  let step = StageName.filter

  /// One bit per row, below the workspace in the making.
  static let verdicts = "\(stageFolder)/\(StageName.lists)/stays.npy"

  private func hasKeys(_ job: BuildJob) -> Bool { job.dataset.columns?.key != nil }

  func after(_ job: BuildJob) -> [StageName] { hasKeys(job) ? [.metadata] : [] }

  func parameters(_ job: BuildJob) -> [String: String] {
    var parameters = job.plan.lists
    if !hasKeys(job) { parameters["the number of rows"] = "\(job.dataset.rows)" }
    return parameters
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: job.shape.threads, memory: FilterStage().memory(job.shape)!)
  }

  func bytes(_ job: BuildJob) -> Int { job.metadataFiles.bytes / 4 + job.dataset.rows / 8 }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: job.dataset.rows / 8, seconds: Double(job.dataset.rows) / 10e6)
  }

  /// - Returns: what each list came to, by its flag.
  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> [String: KeyListCounts] {
    let kind = hasKeys(job) ? try job.metadata().columns.keyKind : nil
    var verdicts: [String: VerdictBits] = [:]
    var counts: [String: KeyListCounts] = [:]
    for (number, file) in job.parameters.filters.lists.enumerated() {
      let search = KeyListSearch(
        file: file, rows: job.dataset.rows, keys: kind.map { (job.path("keys"), $0) },
        memory: job.shape.listMemory, threads: run.threads, isCancelled: run.isCancelled)
      (verdicts[file.flag], counts[file.flag]) = try job.listFiles.reading([number]) {
        () throws(WinnowError) in try search.run()
      }
    }
    let stays = VerdictBits.staying(
      allowed: verdicts["--allow"], denied: verdicts["--deny"], count: job.dataset.rows)
    var file = try AtomicFile.array(
      job.path(Self.verdicts), .uint8, shape: [stays.bytes.count], isDurable: false)
    try file.write(stays.bytes)
    run.files.record(Self.verdicts, try file.commit())
    return counts
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    let counts = try job.graph.value(of: self)
    for file in job.parameters.filters.lists {
      let own = counts[file.flag] ?? KeyListCounts()
      job.graph.tell(
        "\(file.flag): \(file.path) lists \(own.keys) keys"
          + (own.unknown == 0 ? "" : ", \(own.unknown) of them not in the data set"))
    }
  }
}
