// `winnow build --dry-run`: what a build would take, found out without writing anything.  Times follow
// from a short measurement of this machine on the inputs' own rows.

import Clustering
import FoundationEssentials
import Foundations
import Ingest
import Storage

/// What a build would do and take.
public struct BuildForecast: Codable, Sendable {
  public struct Stage: Codable, Sendable {
    public var stage: String
    /// Tasks in all, and those that are finished already.
    public var tasks: Int
    public var before: Int
    /// Bytes of memory at most; nil where it is little.
    public var memory: Int?
    /// Bytes written to the disk.
    public var disk: Int
    /// Estimated seconds for what is left.
    public var seconds: Double
  }

  /// What the inputs were taken for, for people.
  public var layout: String
  public var rows: Int
  public var dimensions: Int
  public var clusters: Int
  public var trainingRows: Int
  public var threads: Int
  public var stages: [Stage]
  /// Bytes: the most memory at a time, disk while it is built, disk of the workspace.
  public var memory: Int
  public var disk: Int
  public var workspace: Int
  public var seconds: Double

  enum CodingKeys: String, CodingKey {
    case layout, rows, dimensions, clusters, threads, stages, memory, disk, workspace, seconds
    case trainingRows = "training-rows"
  }

  public func json() throws(WinnowError) -> [UInt8] { try encodeJSON(self) }

  /// A table for people.
  public var text: String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    func time(_ seconds: Double) -> String {
      seconds < 100 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds / 60) + 1) min"
    }
    var lines = [layout]
    lines.append(
      "\(rows) rows of \(dimensions) dimensions, \(clusters) concepts, \(trainingRows) training "
        + "rows, \(threads) threads")
    lines.append(
      "stage   " + cell("tasks", 8) + cell("done", 8) + cell("memory", 12) + cell("disk", 12)
        + cell("time", 10))
    for stage in stages {
      let name = stage.stage + String(repeating: " ", count: max(0, 8 - stage.stage.count))
      lines.append(
        name + cell("\(stage.tasks)", 8) + cell("\(stage.before)", 8)
          + cell(stage.memory.map(byteText) ?? "little", 12) + cell(byteText(stage.disk), 12)
          + cell(time(stage.seconds), 10))
    }
    lines.append("memory at most   \(byteText(memory))")
    lines.append(
      "disk at most     \(byteText(disk)), \(byteText(workspace)) of it for the workspace")
    lines.append("time             about \(time(seconds)), by a short measurement on these rows")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Says what a build would do and take; writes nothing.
///
/// - Throws: ``WinnowError`` as ``buildWorkspace(_:observer:)`` would before its first task.
public func forecastBuild(
  _ parameters: BuildParameters
) throws(WinnowError) -> BuildForecast {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters)
  let memory = BuildMemory(plan)
  try memory.check()
  let (dataset, threads) = (plan.dataset, parameters.threads)
  let k = plan.parameters.clusters
  let shards = try InputWatch(dataset.shards.map(\.path), threads: threads)
  let metadata = try InputWatch(
    dataset.columns == nil ? [] : dataset.shards.compactMap { $0.metadata?.path }, threads: threads)
  let keys = try BuildKeys(plan, shards: shards.stamps, metadata: metadata.stamps)
  let before = FinishedTasks(parameters.output)
  let rates = try MeasuredRates(plan)
  let blocks = RowBlocks(dataset)
  let (n, d) = (Double(dataset.rows), dataset.dimensions)
  let (m, cores) = (Double(memory.trainingRows), Double(max(1, threads)))
  let inputBytes = shards.stamps.reduce(0) { $0 + $1.state.size }
  let metadataBytes = metadata.stamps.reduce(0) { $0 + $1.state.size }
  let rowBytes = dataset.rows <= Int(UInt32.max) ? 4 : 8
  let numbers = dataset.columns?.numeric.count ?? 0
  let hasKeys = dataset.columns?.key != nil
  let needs = Dictionary(uniqueKeysWithValues: memory.stages.map { ($0.stage, $0.bytes) })
  var stages: [BuildForecast.Stage] = []
  func add(
    _ name: String, _ key: StageKey, tasks: Int, disk: Int, seconds: Double, prefix: String = "",
    perInput: Bool = false, folder: String? = nil
  ) {
    let done = min(tasks, before.count(folder ?? name, key, prefix: prefix, perInput: perInput))
    stages.append(
      .init(
        stage: name, tasks: tasks, before: done, memory: needs[name], disk: disk,
        seconds: seconds * Double(tasks - done) / Double(max(1, tasks))))
  }
  if dataset.columns != nil {
    // Text of about the size of its files; Parquet is packed about four to one.
    let isPacked = dataset.shards.contains { $0.metadata?.format == .parquet }
    let text = metadataBytes * (isPacked ? 4 : 1)
    add(
      "metadata", keys.metadata, tasks: 1, disk: text + 8 * numbers * dataset.rows,
      seconds: Double(text) / 100e6, prefix: "result")
  }
  if hasKeys {
    add(
      "keys", keys.keys, tasks: 1, disk: rowBytes * dataset.rows, seconds: n / 2e6, prefix: "result"
    )
  }
  let converted = dataset.shards.filter(\.needsConversion)
  let convertedBytes = converted.reduce(0) { $0 + $1.rows * $1.bytesPerRow }
  if !converted.isEmpty {
    add(
      ConvertedShard.stage, keys.convert, tasks: converted.count, disk: convertedBytes,
      seconds: converted.reduce(0) { $0 + $1.secondsToConvert }
        / min(cores, Double(converted.count)), prefix: "shard")
  }
  add(
    "scan", keys.scan, tasks: dataset.shards.count, disk: 512 * dataset.shards.count,
    seconds: Double(inputBytes) / rates.scan / min(cores, Double(dataset.shards.count)),
    prefix: "shard", perInput: true)
  if let key = keys.condition {
    add(
      "where", key, tasks: dataset.shards.count, disk: dataset.rows / 8,
      seconds: n / 1e6 / min(cores, Double(dataset.shards.count)), prefix: "shard", perInput: true)
  }
  if let key = keys.lists {
    add("lists", key, tasks: 1, disk: dataset.rows / 8, seconds: n / 10e6, prefix: "result")
  }
  if let key = keys.filter {
    add("filter", key, tasks: 1, disk: 2 * dataset.rows, seconds: n / 50e6, prefix: "result")
  }
  var twins = 0
  if let wanted = parameters.deduplication, let keys = keys.duplicates {
    // Of the candidates, whose number is not known yet, there are as many as rows at most.
    let fine = Double(wanted.clusters(of: dataset.rows))
    let (few, most) = (min(fine, fine.squareRoot() * 2), Double(wanted.clustersAtOnce))
    let compared = fine > most ? few : fine
    let trained = min(n, Double(Deduplication.trainingRows) * fine)
    add(
      "fine", keys.assign, tasks: runs(of: blocks).count,
      disk: 8 * dataset.rows + 4 * Int(fine) * d,
      seconds: (compared * (trained * Double(Deduplication.iterations) + n) / rates.pairs
        + n / rates.rows) / cores, prefix: "run", folder: "fine-assign")
    twins = (2 * rowBytes + 17) * dataset.rows
    add(
      "dedup", keys.search, tasks: max(1, dataset.rows / DuplicateTasks.rowsPerTask(dataset.rows)),
      disk: 24 * dataset.rows + twins,
      seconds: (n * n / fine / 2 / rates.pairs + n / rates.rows) / cores, prefix: "clusters")
  }
  let pairs = plan.given == nil ? m * Double(k) * Double(parameters.iterations) : 0
  let seeding = plan.given == nil ? min(m, 16 * Double(k)) * 4 * Double(k) : 0
  add(
    "train", keys.train, tasks: 1, disk: 4 * k * d,
    seconds: (pairs / rates.pairs + seeding / rates.dots) / cores, prefix: "result")
  add(
    "assign", keys.assign, tasks: runs(of: blocks).count, disk: 8 * dataset.rows,
    seconds: n * (Double(k) / rates.pairs + 1 / rates.rows) / cores, prefix: "run")
  add(
    "sort", keys.sort, tasks: 1, disk: 2 * (rowBytes + 4) * dataset.rows + 8 * (k + 1),
    seconds: n / 20e6, prefix: "result")
  add(
    "score", keys.score, tasks: 1, disk: 32 * k,
    seconds: Double(k) * Double(k) / rates.dots / cores,
    prefix: "result")
  if numbers > 0 {
    add(
      "columns", keys.columns, tasks: 1, disk: 56 * numbers * k,
      seconds: n * Double(numbers) / 10e6 / cores, prefix: "result")
  }
  add(
    "name", keys.name, tasks: 1, disk: 500 * k,
    seconds: hasKeys ? Double(k) / 500 / cores : n / 50e6, prefix: "result")
  let fates = parameters.filters.isEmpty ? 0 : 2 * dataset.rows
  let temporary =
    convertedBytes + fates + (twins == 0 ? 0 : (37 + rowBytes) * dataset.rows)
    + 8 * dataset.rows + (rowBytes + 4) * dataset.rows + 8 * numbers * dataset.rows
  let disk = stages.reduce(0) { $0 + $1.disk }
  return BuildForecast(
    layout: dataset.layout, rows: dataset.rows, dimensions: d, clusters: k,
    trainingRows: memory.trainingRows, threads: threads, stages: stages, memory: memory.most,
    disk: disk, workspace: disk - temporary, seconds: stages.reduce(0) { $0 + $1.seconds })
}

extension EmbeddingShard {
  /// About what it takes to convert: zlib inflates 200 MB/s, and numbers pass through text at 6 million
  /// a second.
  fileprivate var secondsToConvert: Double {
    if case .listColumn = form { return Double(rows * dimensions) / 6e6 }
    return Double(rows * bytesPerRow) / 200e6
  }
}

/// What of an earlier build is there.
private struct FinishedTasks {
  private let folders: [String]

  init(_ output: String) {
    folders = [StagedFolder.building(output), output].map { $0 + "/" + stageFolder }
  }

  /// Results of a stage that could be used again, by their names.
  func count(_ name: String, _ key: StageKey, prefix: String, perInput: Bool) -> Int {
    for folder in folders.map({ $0 + "/" + name }) {
      guard let old = StageKey.read(from: folder) else { continue }
      let names = ((try? namesInFolder(folder)) ?? []).filter {
        $0.hasPrefix(prefix) && !$0.hasSuffix(".partial")
      }
      if old == key { return names.count }
      if perInput, key.agreesBesideInputs(with: old) {
        let changed = Set(
          key.changedInputs(from: old).flatMap { ["\(prefix)-\($0)", "\(prefix)-\($0).json"] })
        return names.count { !changed.contains($0) }
      }
    }
    return 0
  }
}

/// What one thread of this machine does in a second with rows of the inputs.
private struct MeasuredRates {
  /// Bytes read, hashed and checked.
  var scan = 1e9
  /// Rows read and widened, or quantised.
  var rows = 1e6
  /// Rows times centroids in the search for the nearest.
  var pairs = 1e9
  /// Canonical dot products.
  var dots = 1e8

  init(_ plan: BuildPlan) throws(WinnowError) {
    let dataset = plan.dataset
    guard
      let shard = dataset.shards.indices.first(where: {
        dataset.shards[$0].rows > 0 && !dataset.shards[$0].needsConversion
      })
    else {
      // Nothing can be read yet: typical rates.
      return
    }
    let blocks = RowBlocks(dataset)
    let buffer = BlockBuffer(blocks)
    let own = blocks.blocks(of: shard)
    let instructions = plan.parameters.instructions
    func seconds(_ body: () throws(WinnowError) -> Void) throws(WinnowError) -> Double {
      let start = ContinuousClock.now
      try body()
      let parts = (ContinuousClock.now - start).components
      return max(1e-6, Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    let some = own.prefix(16)
    var read = 0
    let scanTime = try seconds { () throws(WinnowError) in
      var digest = Digest()
      for block in some {
        try buffer.load(blocks.blocks[block], of: blocks, instructions: instructions) { _, _ in }
        digest.update(buffer.loaded(blocks.blocks[block], of: blocks))
        read += blocks.blocks[block].rows.count
      }
      _ = digest.words()
    }
    scan = Double(read * dataset.shards[shard].bytesPerRow) / scanTime
    rows = Double(read) / scanTime
    // The last block's own rows stand for centroids.
    let block = blocks.blocks[some.last!]
    let (count, k) = (block.rows.count, min(512, plan.parameters.clusters))
    var components: [Float] = []
    for cluster in 0..<k {
      let vector = buffer.vectors.vector(cluster % count)
      components += vector.contains { $0 != 0 } ? vector : vector.map { _ in 1 }
    }
    let centroids = Centroids(
      components: components, count: k, dimensions: dataset.dimensions, instructions: instructions)
    func search() {
      centroids.assign(
        buffer.vectors, count: count, nearest: buffer.nearest, distances: buffer.distances,
        scratch: buffer.scratch)
    }
    search()
    let searchTime = try seconds { () throws(WinnowError) in search() }
    pairs = Double(count * k) / searchTime
    let few = min(64, count)
    let dotTime = try seconds { () throws(WinnowError) in
      for row in 0..<few {
        for cluster in 0..<min(k, 64) { _ = centroids.cosine(row % k, cluster) }
      }
    }
    dots = Double(few * min(k, 64)) / dotTime
  }
}
