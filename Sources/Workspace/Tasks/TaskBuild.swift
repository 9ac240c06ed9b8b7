// A build of which a process does a part, or looks what is done.  What a stage needs is asked for
// where it is needed, so a task waits for the stages before its own and for no others.

import Clustering
import Foundations
import Storage

/// The stages by what they need; each is looked at once.
final class TaskBuild {
  let build: LocalBuild
  private var foundMetadata: MetadataResult?
  private var foundFiltered: (Scanning, lists: [String: KeyListCounts])?
  private var foundChosen: Scanning?
  private var foundTotals: MemberTotals?

  init(_ build: LocalBuild) { self.build = build }

  /// All stages in an order in which they can be done, but for the rounds of a training on all rows.
  static let stages = [
    "metadata", "key-runs", "key-cut", "key-parts", "keys", ConvertedShard.stage, "scan", "where",
    "lists", "filter", "coarse-train", "coarse-assign", "fine-train", "fine-centroids",
    "fine-assign", "fine-cut", "fine-parts", "fine-sort", "dedup", "twins", "train", "assign",
    "cut", "parts", "sort", "score", "columns", "name", "finish",
  ]

  /// The stages that look at fine clusters, and the last one, which needs the names of their files.
  static let needsFineClusters: Set<String> = [
    "coarse-train", "coarse-assign", "fine-train", "fine-centroids", "fine-assign", "fine-cut",
    "fine-parts", "fine-sort", "dedup", "twins", TaskShapes.finish,
  ]

  /// Goes to a stage: a worker's own ends with ``WinnowError/interrupted`` and
  /// ``BuildStages/reached`` set.
  ///
  /// - Returns: false where this build has no such stage.
  func go(to stage: String) throws(WinnowError) {
    switch stage {
    case "metadata": _ = try metadata()
    case "key-runs", "key-cut", "key-parts", "keys": try orderKeys()
    case ConvertedShard.stage: try build.runConversion()
    case "scan": _ = try scanning().result()
    case "where": _ = try build.runConditions { _ in }
    case "lists": _ = try build.runLists(listMetadata())
    case "filter": _ = try filtered()
    case "coarse-train", "coarse-assign", "fine-train", "fine-centroids", "fine-assign", "fine-cut",
      "fine-parts", "fine-sort", "dedup", "twins":
      _ = try chosen()
    case "train": _ = try training()
    case _ where LocalBuild.roundStages(build.parameters.iterations).contains(stage):
      if build.hasRounds { _ = try training() }
    case "assign": _ = try build.runAssignment(centroids(), chosen().result().candidates)
    case "cut", "parts", "sort": _ = try totals()
    case "score": try score()
    case "columns": try sumUpColumns()
    case "name": try name()
    default: break
    }
  }

  private func metadata() throws(WinnowError) -> MetadataResult {
    if let foundMetadata { return foundMetadata }
    let found = try build.runMetadata()
    foundMetadata = found
    return found
  }

  private func orderKeys() throws(WinnowError) {
    var columns = try metadata().columns
    try build.runKeyOrder(&columns)
  }

  /// What lists need of the metadata.
  private func listMetadata() throws(WinnowError) -> MetadataResult {
    build.dataset.columns?.key == nil ? MetadataResult() : try metadata()
  }

  private func scanning() throws(WinnowError) -> Scanning {
    try build.runConversion()
    return build.startScan(
      try openScan(build.blocks, build.shards, build.stages, key: build.keys.scan))
  }

  private func filtered() throws(WinnowError) -> (Scanning, lists: [String: KeyListCounts]) {
    if let foundFiltered { return foundFiltered }
    let filters = build.parameters.filters
    var clock = StageClock()
    let needsMetadata = filters.hasSimilarity || filters.hasLists
    let found = try build.runFilter(
      scanning(), needsMetadata ? metadata() : MetadataResult(), &clock)
    foundFiltered = found
    return found
  }

  private func chosen() throws(WinnowError) -> Scanning {
    if let foundChosen { return foundChosen }
    var clock = StageClock()
    let found = try build.runDeduplication(filtered().0, &clock)
    foundChosen = found
    return found
  }

  private func training() throws(WinnowError) -> WorkspaceDescription.Training {
    try build.requireTraining { () throws(WinnowError) in try self.chosen() }
  }

  private func centroids() throws(WinnowError) -> Centroids {
    _ = try training()
    return try readCentroids(
      build.staging.folder + "/centroids.npy", dimensions: build.dataset.dimensions,
      instructions: build.parameters.instructions)
  }

  private func totals() throws(WinnowError) -> MemberTotals {
    if let foundTotals { return foundTotals }
    let runs = try build.openRuns("assign", build.keys.assign)
    try runs.run(threads: 1, isCancelled: build.observer.isCancelled) { _, _ in }
    let found = try build.runSort(runs) { () throws(WinnowError) in
      try self.chosen().result().candidates
    }
    foundTotals = found
    return found
  }

  private func score() throws(WinnowError) {
    try build.runScores(totals()) { () throws(WinnowError) in try self.centroids() }
  }

  private func sumUpColumns() throws(WinnowError) {
    try build.runNumericColumns(metadata(), sizes: totals().sizes)
  }

  private func name() throws(WinnowError) {
    let columns = try metadata().columns
    try build.runNames(
      columns, candidates: totals().candidates, clusters: build.parameters.clusters)
  }

  /// Writes the last files of the workspace, when all stages are finished.
  func finish() throws(WinnowError) -> (WorkspaceDescription, BuildLog) {
    var columns = try metadata().columns
    try build.runKeyOrder(&columns)
    let (_, lists) = try filtered()
    let scanned = try chosen().result()
    let trained = try training()
    let totals = try totals()
    try score()
    try sumUpColumns()
    try name()
    return try build.finish(
      scanned, lists, trained, columns, totals.objective, StageClock())
  }
}
