// Keys, captions and similarities, streamed into the workspace's columns; other numbers wait for
// the concepts.

import Foundations
import Ingest
import Storage
import Tasks
import Workspace

extension StageName { package static let metadata = StageName("metadata") }

/// What the metadata came to.
struct MetadataResult: Codable, Sendable {
  var columns = WorkspaceDescription.Columns()
  /// The names of the files of the columns of numbers' values, below the staging folder.
  var numeric: [String] = []
}

struct MetadataStage: SingleStage, BuildStage {
  let name = StageName.metadata

  func after(_ job: BuildJob) -> [StageName] { [] }

  func inputs(_ job: BuildJob) -> InputWatch? { job.metadataFiles }
  func parameters(_ job: BuildJob) -> [String: String] { job.dataset.columns?.byFlag ?? [:] }
  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { [job.dataset.rows] }

  private func numbersBytes(_ job: BuildJob) -> Int {
    8 * (job.dataset.columns?.numeric.count ?? 0) * job.dataset.rows
  }

  func bytes(_ job: BuildJob) -> Int { 2 * job.metadataFiles.bytes + numbersBytes(job) }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    // Text of about the size of its files; Parquet is packed about four to one.
    let isPacked = job.dataset.shards.contains { $0.metadata?.format == .parquet }
    let text = job.metadataFiles.bytes * (isPacked ? 4 : 1)
    return StageForecast(
      tasks: 1, disk: text + numbersBytes(job), temporary: numbersBytes(job),
      seconds: Double(text) / 100e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MetadataResult {
    try job.metadataFiles.reading(job.metadataFiles.paths.indices) { () throws(WinnowError) in
      try write(job, to: run.files)
    }
  }

  private func write(_ job: BuildJob, to files: StagingFiles) throws(WinnowError) -> MetadataResult
  {
    let dataset = job.dataset
    var result = MetadataResult()
    guard let columns = dataset.columns else { return result }
    result.columns.key = columns.key
    result.columns.caption = columns.caption
    result.columns.similarity = columns.similarity
    let folder = files.folder
    var keys = columns.key == nil ? nil : try KeyColumnWriter(folder: folder, rows: dataset.rows)
    var captions: StringColumnWriter?
    if columns.caption != nil {
      try makeFolder(folder + "/captions")
      captions = try StringColumnWriter(folder: folder + "/captions", rows: dataset.rows)
    }
    var similarity: AtomicFile?
    if columns.similarity != nil {
      similarity = try AtomicFile.array(
        folder + "/similarity.npy", .float32, shape: [dataset.rows])
    }
    var numeric: [StagedColumn] = []
    if !columns.numeric.isEmpty { result.columns.numeric = columns.numeric }
    for column in columns.numeric.indices {
      let name = "\(stageFolder)/\(self.name)/column-\(column).npy"
      result.numeric.append(name)
      numeric.append(try StagedColumn(folder + "/" + name, rows: dataset.rows))
    }
    var block = MetadataBlock()
    var done = 0
    for shard in dataset.shards.indices {
      var stream = try MetadataStream(dataset, shard: shard, job.parameters.ingest)
      while try stream.next(into: &block) {
        if job.isCancelled() { throw .interrupted }
        try keys?.append(block)
        try captions?.append(bytes: block.captionBytes, offsets: block.captionOffsets)
        try similarity?.write(elements: block.similarity)
        for (column, values) in zip(numeric, block.numeric) { try column.append(values) }
        done += block.rows
        job.graph.report(.metadata, done: done, total: dataset.rows, unit: "rows")
      }
    }
    if keys != nil { result.columns.keyKind = try keys!.commit(to: files) }
    if captions != nil {
      let seals = try captions!.commit()
      files.record("captions/data.utf8", seals.data)
      files.record("captions/offsets.npy", seals.offsets)
    }
    if similarity != nil { files.record("similarity.npy", try similarity!.commit()) }
    for (name, column) in zip(result.numeric, numeric) { files.record(name, try column.finish()) }
    return result
  }
}

/// The values of a column of numbers, one float64 a row, NaN where one is missing.  They come by row
/// and are wanted by concept, which is known only later: a file, so that columns need no memory.
private final class StagedColumn {
  private var file: AtomicFile

  init(_ path: String, rows: Int) throws(WinnowError) {
    file = try AtomicFile.array(path, .float64, shape: [rows], capacity: 1 << 17, isDurable: false)
  }

  func append(_ values: [Double]) throws(WinnowError) { try file.write(elements: values) }

  func finish() throws(WinnowError) -> FileSeal { try file.commit() }
}

extension MetadataColumns {
  /// The columns in use, by the flags that choose them.
  fileprivate var byFlag: [String: String] {
    var names: [String: String] = [:]
    names["--key"] = key
    names["--caption"] = caption
    names["--similarity"] = similarity
    for (number, name) in numeric.enumerated() { names["column of numbers \(number)"] = name }
    return names
  }
}
