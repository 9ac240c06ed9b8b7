// What the stages of a build have in memory at most, from the shape of the data and the parameters:
// so a budget is refused at the start, not after hours.

import Clustering
import Foundations
import Ingest
import Storage

/// A number of bytes for people: `812 MiB`.
public func byteText(_ bytes: Int) -> String {
  var (size, unit) = (Double(bytes), 0)
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
  while size >= 1024, unit + 1 < units.count {
    size /= 1024
    unit += 1
  }
  let text =
    unit == 0 || size >= 100 ? "\(Int(size.rounded(.up)))" : "\((size * 10).rounded(.up) / 10)"
  return "\(text) \(units[unit])"
}

/// The needs of a build.
struct BuildMemory: Sendable {
  /// Rows that train.
  let trainingRows: Int
  /// Bytes of each in memory: its vector unless it is read again in every round, norm, fault,
  /// number, hashes, cluster, margin.
  private let perTrainingRow: Int
  private let k: Int
  private let d: Int
  private let threads: Int
  private let rows: Int
  private let budget: Int?
  private let blockBytes: Int
  private let shards: Int
  /// Fine clusters, and those that are made at once; 0 without deduplication.
  private let fine: Int
  private let fineAtOnce: Int
  /// A bit for every row while rows may be no candidates.
  private let candidateBits: Int
  private let filters: RowFilters

  /// The program itself, and what its allocator and threads keep.
  private static let base = 40 << 20
  /// Where a fine cluster begins, and sums of its distances, some times while they are read.
  private static let perFineCluster = 128
  /// Sorting, for each thread, where no budget says otherwise, and the least that it takes.
  private static let (sortDefault, sortLeast) = (64 << 20, 8 << 20)
  /// The same for the rows of the search for duplicates.
  private static let (duplicateDefault, duplicateLeast) = (96 << 20, 16 << 20)

  init(_ plan: BuildPlan) {
    let (parameters, dataset) = (plan.parameters, plan.dataset)
    k = parameters.clusters
    d = (dataset.dimensions + 15) / 16 * 16
    rows = dataset.rows
    threads = max(1, parameters.threads)
    trainingRows = plan.given != nil ? 0 : min(parameters.trainingLimit ?? rows, rows)
    // As float32, and for the screen as 8-bit numbers.
    perTrainingRow = parameters.trainingRows == .all ? 48 : 5 * d + 89
    budget = parameters.memory
    let blocks = RowBlocks(dataset)
    // Bytes as they are on the disk, and the same rows as float32 with norms and answers.
    blockBytes = blocks.maximumBytes + blocks.blockRows * (4 * d + 24)
    shards = dataset.shards.count
    let most = dataset.rows
    fine = parameters.deduplication.map { min(most, $0.clusters(of: most)) } ?? 0
    fineAtOnce = min(fine, parameters.deduplication?.clustersAtOnce ?? 0)
    filters = parameters.filters
    candidateBits =
      parameters.skipInvalid || !filters.isEmpty || fine > 0 ? (rows + 7) / 8 : 0
  }

  /// What a stage takes that needs little.
  var little: Int { Self.base }
  var candidateBytes: Int { candidateBits }

  /// Centroids as float32 and in the form of the screen.
  private var centroids: Int { centroids(k) }

  private func centroids(_ k: Int) -> Int { k * (4 * d + 4 * d + 32) }

  /// Bytes of each stage, the program included.
  var stages: [(stage: String, bytes: Int)] {
    let scan = Self.base + min(threads, shards) * blockBytes + candidateBits
    let others = [
      ("train", training + candidateBits), ("assign", assignment(k) + candidateBits),
      ("sort", Self.base + centroids + min(sortMemory, mostToSort) + candidateBits),
    ]
    return [("scan", scan)] + (filters.isEmpty ? [] : [("filter", filter)]) + duplicates + others
  }

  /// The fine clusters, whose stages are those of the concepts, and the search within them.
  private var duplicates: [(stage: String, bytes: Int)] {
    guard fine > 0 else { return [] }
    let training = min(rows, Deduplication.trainingRows * fineAtOnce)
    let making = max(
      self.training(fineAtOnce, rows: training, perRow: 5 * d + 89), assignment(fineAtOnce))
    let search =
      Self.base + fine * Self.perFineCluster + min(duplicateMemory, (9 * d + 64) * rows)
      + threads * blockBytes
    return [("fine", making + candidateBits), ("dedup", search + 2 * candidateBits)]
  }

  /// What all threads together may take for rows that are compared with each other.
  var duplicateMemory: Int {
    guard let budget else { return threads * Self.duplicateDefault }
    let left = budget - Self.base - fine * Self.perFineCluster - threads * blockBytes
    return max(threads * Self.duplicateLeast, min(threads * Self.duplicateDefault, left))
  }

  /// What a task takes that chooses the first centroids among all candidates.
  var firstCentroidsBytes: Int {
    training(k, rows: min(rows, 16 * k), perRow: 0) + candidateBits
      + (candidateBits > 0 ? 8 * rows : 0)
  }

  /// What is searched at a time: all fine clusters, or all coarse ones.
  private var searchedAtOnce: Int {
    fine > fineAtOnce ? FineLevels.coarseClusters(fine) : fine
  }

  /// What a task takes that finds the fine clusters of rows, or the coarse ones.
  var fineAssignmentBytes: Int { assignment(searchedAtOnce) + candidateBits }

  /// What a task takes that trains the fine clusters of one coarse cluster: four times the mean.
  var fineTrainingBytes: Int {
    let count = 4 * max(1, fine / max(1, searchedAtOnce))
    return training(
      count, rows: min(rows, Deduplication.trainingRows * count), perRow: 5 * d + 89)
      + candidateBits
  }

  /// Candidates before and after, verdicts, and what looks for the keys of lists.
  private var filter: Int {
    guard filters.hasLists else { return Self.base + 4 * candidateBits }
    // A key takes two bytes of its file at least.
    let largest = filters.lists.map { fileSize($0.path) ?? 0 }.max() ?? 0
    let table = min(listMemory, largest / 2 * KeyTable.bytesPerKey)
    return Self.base + 4 * candidateBits + threads * KeyListSearch.blockBytes + table
  }

  /// What the keys of a list may take at a time: what the budget for sorting leaves.
  var listMemory: Int {
    max(Self.sortLeast, sortMemory - threads * KeyListSearch.blockBytes - 4 * candidateBits)
  }

  /// What sorting takes where the data set is small.
  private var mostToSort: Int {
    threads * MemberParts.bytesPerEntry * max(1 << 16, (rows + 15) / 16)
  }

  private var training: Int {
    trainingRows > 0
      ? training(k, rows: trainingRows, perRow: perTrainingRow) : Self.base + centroids
  }

  private func training(_ k: Int, rows: Int, perRow: Int) -> Int {
    let subset = min(rows, 16 * k)
    return Self.base + rows * perRow + subset * (5 * d + 128) + 3 * centroids(k)
      + k * 9 * d + threads * blockBytes
  }

  private func assignment(_ k: Int) -> Int {
    let run = min(rows, AssignedRunWriter.rowsPerRun(rows) + blockBytes / max(1, 2 * d))
    return Self.base + centroids(k) + 4 * k * d
      + threads * (blockBytes + 8 * run + AssignedRunWriter.bytes(rows: run, clusters: k))
  }

  /// What all threads together may take for sorting: what the budget leaves.
  var sortMemory: Int {
    guard let budget else { return threads * Self.sortDefault }
    return max(
      threads * Self.sortLeast, min(threads * 4 * Self.sortDefault, budget - Self.base - centroids))
  }

  /// What a task that sorts may take; results may depend on it, so it is that of a build, whoever does
  /// the task.
  var sortShare: Int { max(1, sortMemory / threads) }

  /// The most that any stage takes.
  var most: Int { stages.map(\.bytes).max()! }

  /// - Throws: ``WinnowError`` when the budget is too small: what is needed, and what would lower
  ///   it.
  func check() throws(WinnowError) {
    guard let budget, most > budget else { return }
    let worst = stages.max { $0.bytes < $1.bytes }!
    var ways = ["give --memory \(byteText(most).replacingSpaces) or more"]
    let fitting = (budget - (training - trainingRows * perTrainingRow)) / perTrainingRow
    if worst.stage == "train", fitting >= k {
      ways.append("see fewer rows with --training-rows \(fitting)")
    } else if threads > 1 {
      ways.append("use fewer --threads than \(threads)")
    }
    throw .invalid(
      "--memory: expected at least \(byteText(most)), found \(byteText(budget)): the stage "
        + "\(worst.stage) takes the most"
        + (worst.stage == "train" ? ", for \(trainingRows) training rows" : "")
        + "; " + ways.joined(separator: ", or "))
  }
}

extension String {
  /// As a flag takes it: `1.5 GiB` becomes `1.5GiB`.
  fileprivate var replacingSpaces: String { String(filter { $0 != " " }) }
}
