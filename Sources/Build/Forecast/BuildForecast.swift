// `winnow build --dry-run`: what a build would take, found out without writing anything.  Every stage
// says what it takes; times follow from a short measurement of this machine on the inputs' own rows.

import Clustering
import Foundations
import Ingest
import Storage
import Tasks

/// What one stage would take if nothing of it were there.
struct StageForecast {
  /// How it is called where that is not the stage's own name.
  var name: StageName?
  var tasks: Int
  /// Bytes written to the disk.
  var disk: Int
  /// Bytes of these that are gone when the workspace is finished.
  var temporary = 0
  var seconds: Double
}

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
}

/// Says what a build would do and take; writes nothing.
///
/// - Throws: ``WinnowError`` as ``buildWorkspace(_:on:observer:)`` would before its first task.
public func forecastBuild(_ parameters: BuildParameters) throws(WinnowError) -> BuildForecast {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters)
  try plan.checkMemory()
  let building = StagedFolder.building(parameters.output)
  let job = try BuildJob(plan, folder: building, role: .observer, observer: BuildObserver())
  let rates = try MeasuredRates(plan)
  let needs = Dictionary(plan.memory.map { ($0.step, $0.bytes) }, uniquingKeysWith: max)
  let folders = [building, parameters.output].map { "\($0)/\(stageFolder)" }
  var stages: [BuildForecast.Stage] = []
  var temporary = 0
  for stage in buildStages(plan, rounds: false) {
    guard let forecast = try stage.forecast(job, rates) else { continue }
    let name = forecast.name ?? stage.name
    let before = min(forecast.tasks, try job.graph.reusable(erased(stage), in: folders, job))
    temporary += forecast.temporary
    stages.append(
      .init(
        stage: name.rawValue, tasks: forecast.tasks, before: before, memory: needs[name],
        disk: forecast.disk,
        seconds: forecast.seconds * Double(forecast.tasks - before)
          / Double(max(1, forecast.tasks))))
  }
  let disk = stages.reduce(0) { $0 + $1.disk }
  return BuildForecast(
    layout: job.dataset.layout, rows: job.dataset.rows, dimensions: job.dataset.dimensions,
    clusters: plan.parameters.clusters, trainingRows: job.shape.trainingRows,
    threads: parameters.threads, stages: stages, memory: needs.values.max() ?? 0, disk: disk,
    workspace: disk - temporary, seconds: stages.reduce(0) { $0 + $1.seconds })
}

extension BuildForecast {
  /// A table for people.
  public var text: String {
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
      lines.append(
        padded(stage.stage, 8) + cell("\(stage.tasks)", 8) + cell("\(stage.before)", 8)
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

/// A cell of a table, to the right of its column, at least a blank before it.
func cell(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(1, width - text.count)) + text
}

/// A cell to the left of its column.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

// A short measurement of this machine on the rows of the inputs.

/// What one thread of this machine does in a second with rows of the inputs.
struct MeasuredRates {
  /// Bytes read, hashed and checked.
  var scan = 1e9
  /// Rows read and widened, or quantised.
  var rows = 1e6
  /// Rows times centroids in the search for the nearest.
  var pairs = 1e9
  /// Canonical dot products.
  var dots = 1e8

  /// Threads that share the work.
  let cores: Double

  init(_ plan: BuildPlan) throws(WinnowError) {
    cores = Double(max(1, plan.parameters.threads))
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
    let instructions = plan.parameters.instructions
    let buffer = BlockBuffer(blocks, instructions)
    let own = blocks.blocks(of: shard)
    func seconds(_ body: () throws(WinnowError) -> Void) throws(WinnowError) -> Double {
      let start = ContinuousClock.now
      try body()
      return max(1e-6, (ContinuousClock.now - start) / .seconds(1))
    }
    let some = own.prefix(16)
    var read = 0
    let scanTime = try seconds { () throws(WinnowError) in
      var digest = Digest()
      for block in some {
        try buffer.load(blocks.blocks[block]) { _, _ in }
        digest.update(buffer.loaded(blocks.blocks[block]))
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

  /// Threads that are of use for so many tasks.
  func threads(_ tasks: Int) -> Double { min(cores, Double(tasks)) }
}
