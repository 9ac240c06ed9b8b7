// The sizes that a build's tasks, memory and forecast follow from: the shape of the data, the
// parameters and the budget.  They are known at the start, so a budget that is too small is refused
// then, not after hours.  What a stage takes, its own file says in terms of these.

import Ingest
import Storage
import Tasks

struct BuildShape: Sendable {
  let rows: Int
  /// Bytes of all embeddings.
  let inputBytes: Int
  let dimensions: Int
  /// Dimensions in memory: rounded up to 16.
  let d: Int
  let clusters: Int
  var threads: Int
  let shards: Int
  /// Results of an assignment.
  let runs: Int
  /// Rows that train.
  let trainingRows: Int
  /// Bytes of each in memory: its vector unless it is read again in every round, norm, fault,
  /// number, hashes, cluster, margin.
  let perTrainingRow: Int
  /// Bytes on the disk of a block, and the same rows as float32 with norms and answers.
  let blockBytes: Int
  /// Fine clusters, and those that are made at once; 0 without deduplication.
  let fine: Int
  let fineAtOnce: Int
  /// One bit per row where rows may be no candidates.
  let candidateBytes: Int
  /// Bytes of the largest list of `--allow` and `--deny`; nil without lists.
  let largestList: Int?
  private let budget: Int?

  /// The program itself, and what its allocator and threads keep.
  let base = 40 << 20
  /// Sorting, for each thread, where no budget says otherwise, and the least that it takes.
  private static let (sortDefault, sortLeast) = (64 << 20, 8 << 20)

  init(_ plan: BuildPlan) {
    let (parameters, dataset) = (plan.parameters, plan.dataset)
    rows = dataset.rows
    inputBytes = dataset.embeddingBytes
    clusters = parameters.clusters
    dimensions = dataset.dimensions
    d = (dimensions + 15) / 16 * 16
    threads = max(1, parameters.threads)
    shards = dataset.shards.count
    trainingRows = plan.given != nil ? 0 : min(parameters.trainingLimit ?? rows, rows)
    // As float32, and for the screen as 8-bit numbers.
    perTrainingRow = parameters.trainingRows == .all ? 48 : 5 * d + 89
    budget = parameters.memory
    let blocks = RowBlocks(dataset)
    blockBytes = blocks.maximumBytes + blocks.blockRows * (4 * d + 24)
    runs = blocks.runs.count
    let wanted = parameters.deduplication
    fine = wanted.map { [rows] in max(1, min(rows, $0.clusters(of: rows))) } ?? 0
    fineAtOnce = min(fine, wanted?.clustersAtOnce ?? 0)
    candidateBytes =
      parameters.skipInvalid || !parameters.filters.isEmpty || fine > 0 ? (rows + 7) / 8 : 0
    largestList = parameters.filters.lists.map { fileSize($0.path) ?? 0 }.max()
  }

  /// The same for one thread.
  var single: BuildShape {
    var one = self
    one.threads = 1
    return one
  }

  /// Centroids as float32 and in the form of the screen.
  func centroidBytes(_ k: Int) -> Int { k * (4 * d + 4 * d + 32) }

  /// Components of all centroids.
  var components: Int { clusters * d }

  /// What a training of `k` centroids takes.
  func training(_ k: Int, rows: Int, perRow: Int) -> Int {
    let subset = min(rows, 16 * k)
    return base + rows * perRow + subset * (5 * d + 128) + 3 * centroidBytes(k) + k * 9 * d
      + threads * blockBytes
  }

  /// What the search for the nearest of `k` centroids takes.
  func assignment(_ k: Int) -> Int {
    let run = min(rows, AssignedRunWriter.rowsPerRun(rows) + blockBytes / max(1, 2 * d))
    return base + centroidBytes(k) + 4 * k * d
      + threads * (blockBytes + 8 * run + AssignedRunWriter.bytes(rows: run, clusters: k))
  }

  var scanning: Int { base + min(threads, shards) * blockBytes + candidateBytes }

  var sorting: Int {
    let most = threads * MemberParts.bytesPerEntry * max(1 << 16, (rows + 15) / 16)
    return base + centroidBytes(clusters) + min(sortMemory, most) + candidateBytes
  }

  /// Bytes that all threads together may take to sort: what the budget leaves.
  var sortMemory: Int {
    guard let budget else { return threads * Self.sortDefault }
    return max(
      threads * Self.sortLeast,
      min(threads * 4 * Self.sortDefault, budget - base - centroidBytes(clusters)))
  }

  /// What a task that sorts may take.  Results may depend on it, so it is that of a build, whoever does
  /// the task.
  var sortShare: Int { max(1, sortMemory / threads) }

  /// Bytes that all threads together may take for something else, between `least` and `most` each.
  func memory(least: Int, most: Int, besides used: Int) -> Int {
    guard let budget else { return threads * most }
    return max(threads * least, min(threads * most, budget - used))
  }

  /// What the keys of a list may take at a time: what sorting would have.
  var listMemory: Int {
    max(Self.sortLeast, sortMemory - threads * KeyListSearch.blockBytes - 4 * candidateBytes)
  }

  /// Tasks for other processes: as many as are worth a process where results are of so many rows.
  func rowShares(_ results: Int, each: Int = 1 << 19) -> TaskShares {
    TaskShares(results: results, work: rows, each: each)
  }
}
