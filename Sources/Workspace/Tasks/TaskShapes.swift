// How many tasks the stages of a build have, what they come after, and what they take: exact where
// that follows from the inputs' headers, else about, until the stages before have shown it.

import Clustering
import Foundations
import Ingest
import Storage

/// The tasks of a build from the shape of the data and the parameters.
struct TaskShapes: Sendable {
  /// The stage that puts the workspace in its place.
  static let finish = "finish"
  /// Stages that sort in parts, whose sizes follow from results of others, and the stage that each is
  /// for: when that is finished, their results go.
  static let sorting = [
    "key-runs": "keys", "key-cut": "keys", "key-parts": "keys", "fine-cut": "fine-sort",
    "fine-parts": "fine-sort", "cut": "sort", "parts": "sort",
  ]

  private let plan: BuildPlan
  private let memory: BuildMemory
  /// The same for one thread.
  private let single: BuildMemory
  private let runs: Int
  private let parts: Int
  private let fine: Int
  private let isTwoLevel: Bool

  init(_ plan: BuildPlan) {
    self.plan = plan
    memory = BuildMemory(plan)
    var one = plan
    one.parameters.threads = 1
    single = BuildMemory(one)
    let rows = plan.dataset.rows
    runs = Workspace.runs(of: RowBlocks(plan.dataset)).count
    // Parts end with whole clusters, so not all are full.
    let limit = MemberParts.partEntries(rows: rows, memory: memory.sortShare)
    parts = max(1, (rows + rows / 4) / limit + 1)
    let wanted = plan.parameters.deduplication
    fine = wanted.map { max(1, min(rows, $0.clusters(of: rows))) } ?? 0
    isTwoLevel = fine > wanted?.clustersAtOnce ?? 0
  }

  private var hasRounds: Bool {
    plan.given == nil && plan.parameters.trainingRows == .all
  }
  /// Components of all centroids.
  private var roundBytes: Int { plan.parameters.clusters * plan.dataset.dimensions }
  private func shares(_ results: Int) -> Int { TaskShares.rows(results, rows: rows).count }
  private var threads: Int { max(1, plan.parameters.threads) }
  private var rows: Int { plan.dataset.rows }

  /// Threads and memory of a task.
  func needs(_ stage: String) -> TaskNeeds {
    switch stage {
    case "train" where hasRounds:
      return TaskNeeds(
        threads: 1, memory: single.little + 24 * roundBytes + single.candidateBytes)
    case "train": return TaskNeeds(threads: threads, memory: memory.bytes("train"))
    case "coarse-train": return TaskNeeds(threads: threads, memory: memory.bytes("fine"))
    case "fine-train":
      if !isTwoLevel { return TaskNeeds(threads: threads, memory: memory.bytes("fine")) }
      return TaskNeeds(threads: threads, memory: memory.fineTrainingBytes)
    case _ where stage.hasPrefix("round-"):
      return TaskNeeds(threads: 1, memory: single.bytes("assign") + 16 * roundBytes)
    case "start": return TaskNeeds(threads: threads, memory: memory.firstCentroidsBytes)
    case _ where stage.hasPrefix("move-"):
      // Sums and centroids some times, and what a task of the round has left.
      let part = 4 * rows / max(1, min(runs, mostRoundParts)) + 8 * roundBytes
      return TaskNeeds(
        threads: threads,
        memory: single.little + 40 * roundBytes + 2 * part + single.candidateBytes
          + 500 * plan.parameters.clusters)
    case "score":
      return TaskNeeds(threads: threads, memory: single.bytes("assign"))
    case "lists": return TaskNeeds(threads: threads, memory: memory.bytes("filter"))
    case "columns", "name":
      return TaskNeeds(threads: threads, memory: single.little + threads * memory.sortShare)
    case "dedup":
      // Many rows in a cluster are work for several threads.
      let many = fine > 0 && rows / fine >= DuplicateTasks.sharedRows ? threads : 1
      return TaskNeeds(threads: many, memory: (many > 1 ? memory : single).bytes("dedup"))
    case "sort", "fine-sort":
      return TaskNeeds(threads: min(2, threads), memory: single.bytes("sort"))
    case "filter": return TaskNeeds(threads: 1, memory: single.bytes("filter"))
    case "scan", "convert", "where": return TaskNeeds(threads: 1, memory: single.bytes("scan"))
    case "assign": return TaskNeeds(threads: 1, memory: single.bytes("assign"))
    case "coarse-assign", "fine-assign":
      return TaskNeeds(threads: 1, memory: single.fineAssignmentBytes)
    case Self.finish:
      return TaskNeeds(threads: threads, memory: single.little + single.candidateBytes)
    default: return TaskNeeds(threads: 1, memory: single.little + memory.sortShare)
    }
  }

  /// A stage before anything is done.
  struct Shape {
    var name: String
    var tasks: Int
    var isExact = true
    var after: [String]
    /// Bytes that all tasks read and write.
    var bytes: Int
  }

  /// All stages, in an order in which they can be done.
  var stages: [Shape] {
    let dataset = plan.dataset
    let parameters = plan.parameters
    let (k, d) = (parameters.clusters, dataset.dimensions)
    let input = dataset.embeddingBytes
    let rowBytes = MemberParts.rowBytes(rows)
    let metadata = plan.metadataPaths.reduce(0) { $0 + (fileSize($1) ?? 0) }
    let numbers = dataset.columns?.numeric.count ?? 0
    let hasKeys = dataset.columns?.key != nil
    let converted = dataset.shards.filter(\.needsConversion)
    let order = metadata / 4 + KeyBytes.bytesPerKey * rows
    let keyTasks = max(1, order / max(1, min(memory.sortShare, max(32 << 20, order / 2048))) + 1)
    let filters = parameters.filters
    var all: [Shape] = []
    func add(
      _ name: String, _ tasks: Int, _ after: [String], _ bytes: Int, isExact: Bool = true
    ) {
      let known = Set(all.map(\.name))
      all.append(
        Shape(
          name: name, tasks: tasks, isExact: isExact, after: after.filter(known.contains),
          bytes: bytes))
    }
    if dataset.columns != nil { add("metadata", 1, [], 2 * metadata + 8 * numbers * rows) }
    if hasKeys {
      add("key-runs", shares(keyTasks), ["metadata"], 2 * (order / 2), isExact: false)
      add("key-cut", 1, ["key-runs"], 1 << 20)
      add("key-parts", shares(keyTasks), ["key-cut"], order / 2 + rowBytes * rows, isExact: false)
      add("keys", 1, ["key-parts"], 2 * rowBytes * rows)
    }
    if !converted.isEmpty {
      add(
        ConvertedShard.stage, converted.count, [],
        2 * converted.reduce(0) { $0 + $1.rows * $1.bytesPerRow })
    }
    add(
      "scan", TaskShares.shards(dataset.shards.count, bytes: input).count, [ConvertedShard.stage],
      input)
    var candidates = "scan"
    if filters.condition != nil {
      add("where", dataset.shards.count, [], metadata + rows / 8)
    }
    if filters.hasLists { add("lists", 1, ["metadata"], metadata / 4 + rows / 8) }
    if !filters.isEmpty {
      add("filter", 1, ["scan", "where", "lists", "metadata"], 2 * rows)
      candidates = "filter"
    }
    if fine > 0 {
      addDuplicates(after: candidates, input: input, add: add)
      candidates = "twins"
    }
    let trained = plan.given == nil ? memory.trainingRows : 0
    if hasRounds { addRounds(after: candidates, input: input, add: add) }
    add(
      "train", 1, hasRounds ? all.suffix(1).map(\.name) : [candidates],
      hasRounds ? 8 * k * d : trained * d * 2 + 4 * k * d)
    add("assign", shares(runs), ["train", candidates], input + 8 * rows)
    add("cut", 1, ["assign"], 8 * runs * k)
    add("parts", shares(parts), ["cut"], 16 * rows, isExact: false)
    add("sort", 1, ["parts", candidates], 2 * (4 + rowBytes) * rows)
    add("score", 1, ["sort", "train"], 4 * k * d)
    if numbers > 0 { add("columns", 1, ["sort", "metadata"], 24 * numbers * rows) }
    add("name", 1, ["sort", "metadata"], 600 * (k + (1 << 10)))
    add(Self.finish, 1, all.map(\.name), metadata)
    return all
  }

  private func addRounds(
    after candidates: String, input: Int,
    add: (String, Int, [String], Int, Bool) -> Void
  ) {
    let (k, d) = (plan.parameters.clusters, plan.dataset.dimensions)
    let parts = roundParts(Workspace.runs(of: RowBlocks(plan.dataset))).count
    var last = candidates
    for name in LocalBuild.roundStages(plan.parameters.iterations) {
      let isRound = name.hasPrefix("round-")
      add(
        name, isRound ? parts : 1, [last],
        isRound ? input + 4 * rows + 8 * k * d * parts : 8 * k * d * parts, true)
      last = name
    }
  }

  private func addDuplicates(
    after candidates: String, input: Int,
    add: (String, Int, [String], Int, Bool) -> Void
  ) {
    let d = plan.dataset.dimensions
    let training = min(rows, Deduplication.trainingRows * fine) * d * 2
    if isTwoLevel {
      let coarse = FineLevels.coarseClusters(fine)
      add("coarse-train", 1, [candidates], training, true)
      add("coarse-assign", shares(runs), ["coarse-train", candidates], input + 8 * rows, true)
      add("fine-train", coarse, ["coarse-assign"], training, false)
      add("fine-centroids", 1, ["fine-train"], 8 * fine * d, true)
      add("fine-assign", shares(runs), ["fine-centroids"], input + 8 * rows, true)
    } else {
      add("fine-train", 1, [candidates], training, true)
      add("fine-assign", shares(runs), ["fine-train", candidates], input + 8 * rows, true)
    }
    add("fine-cut", 1, ["fine-assign"], 8 * runs * fine, true)
    add("fine-parts", shares(parts), ["fine-cut"], 16 * rows, false)
    add("fine-sort", 1, ["fine-parts"], 16 * rows, true)
    add(
      "dedup",
      TaskShares.duplicates(rows / DuplicateTasks.rowsPerTask(rows) + 1, rows: rows).count,
      ["fine-sort"], input, false)
    add("twins", 1, ["dedup", candidates], 24 * rows, true)
  }
}

extension BuildMemory {
  /// What a stage takes.
  func bytes(_ stage: String) -> Int { stages.first { $0.stage == stage }?.bytes ?? little }
}

extension TaskList {
  init(
    _ record: BuildRecord, _ plan: BuildPlan, _ build: LocalBuild,
    found: [String: (tasks: Int, done: Int)]
  ) throws(WinnowError) {
    let shapes = TaskShapes(plan)
    let stages = shapes.stages.map { shape in
      let needs = shapes.needs(shape.name)
      var own = found[shape.name]
      var later = TaskShapes.sorting[shape.name]
      if LocalBuild.roundStages(plan.parameters.iterations).contains(shape.name) { later = "train" }
      if let later, found[later]?.done == 1 {
        own = (tasks: own?.tasks ?? shape.tasks, done: own?.tasks ?? shape.tasks)
      }
      return Stage(
        name: shape.name, tasks: own?.tasks ?? shape.tasks, isExact: own != nil || shape.isExact,
        done: own?.done ?? 0, after: shape.after, threads: needs.threads, memory: needs.memory,
        bytes: shape.bytes)
    }
    self.init(
      workspace: record.output, program: record.program, build: try record.digest(),
      stages: stages)
  }
}
