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

// The keys: keys/hex.npy while all of them are 32 lower-case hex digits (16 bytes a key instead of
// 40), else keys/data.utf8 and keys/offsets.npy.  Which it is shows only at the last key, so
// writing starts with the first form and moves to the second at the first key that does not fit.

struct KeyColumnWriter: ~Copyable {
  private let folder: String
  private let rows: Int
  private var hex: AtomicFile?
  /// Where they are until it is known that they are hex: another process may do the same.
  private let interim: String
  private var text: StringColumnWriter?
  private var written = 0

  init(folder: String, rows: Int) throws(WinnowError) {
    self.folder = folder + "/keys"
    self.rows = rows
    interim = partialName(self.folder + "/hex.npy")
    try makeFolder(self.folder)
    hex = try AtomicFile.array(interim, .uint64Pair, shape: [rows])
    text = nil
  }

  mutating func append(_ block: MetadataBlock) throws(WinnowError) {
    if text == nil {
      if let halves = Self.halves(block) {
        try hex?.write(elements: halves)
        written += block.rows
        return
      }
      try changeToText()
    }
    try text?.append(bytes: block.keyBytes, offsets: block.keyOffsets)
    written += block.rows
  }

  /// High and low half of every key, or nil when one is not 32 lower-case hex digits.
  private static func halves(_ block: MetadataBlock) -> [UInt64]? {
    var halves: [UInt64] = []
    halves.reserveCapacity(2 * block.rows)
    for row in 0..<block.rows {
      let range = block.keyOffsets[row]..<block.keyOffsets[row + 1]
      guard let pair = HexKey(block.keyBytes[range]) else { return nil }
      halves.append(pair.high)
      halves.append(pair.low)
    }
    return halves
  }

  /// Writes the keys so far again, as text.
  private mutating func changeToText() throws(WinnowError) {
    text = try StringColumnWriter(folder: folder, rows: rows)
    if written > 0 {
      // What is written is whole only with all rows, so it is brought to that length first.
      for _ in written..<rows { try hex?.write(elements: [HexKey(high: 0, low: 0)]) }
      _ = try hex?.commit()
      let halves = try MappedArray<HexKey>(interim, type: .uint64Pair, shape: [rows])
      for row in 0..<written { try text?.append(halves[row].text) }
      try removeTree(interim)
    }
    hex = nil
  }

  /// Puts the keys in their place; returns their kind.
  mutating func commit(to staging: StagingFiles) throws(WinnowError) -> String {
    if text != nil {
      let seals = try text!.commit()
      staging.record("keys/data.utf8", seals.data)
      staging.record("keys/offsets.npy", seals.offsets)
      return "text"
    }
    let seal = try hex!.commit()
    try renameFile(interim, to: folder + "/hex.npy")
    staging.record("keys/hex.npy", seal)
    return "hex"
  }
}
