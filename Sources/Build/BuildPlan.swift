// What a build is to do, found out from parameters, names and headers before any work begins.

import Clustering
import Foundations
import Ingest
import Storage
import Tasks

/// What a build is to do, found out from parameters, names and headers alone.
struct BuildPlan: Sendable {
  var parameters: BuildParameters
  let dataset: Dataset
  /// The condition of `--where`.
  let condition: RowCondition.Checked?
  /// SHA-256 of the files of `--allow` and `--deny`, by these flags.
  let lists: [String: String]
  /// Centroids to use instead of training.
  let given: GivenCentroids?
  /// Clusters to use instead of searching for the nearest centroid.
  let assignments: GivenAssignments?
  /// The workspace whose candidates are asked about; nil but for a curve of duplicates.
  var curve: CurveWorkspace?

  /// The metadata files in use, in the order of the shards.
  var metadataPaths: [String] {
    dataset.columns == nil ? [] : dataset.shards.compactMap { $0.metadata?.path }
  }
}

extension BuildPlan {
  init(_ parameters: BuildParameters) throws(WinnowError) {
    let dataset = try Dataset.discover(parameters.inputs, parameters.ingest)
    self.dataset = dataset
    try checkFilters(parameters.filters, dataset)
    condition = try parameters.filters.condition.map { (text) throws(WinnowError) in
      try RowCondition(text, dataset, parameters.ingest).checked
    }
    var lists: [String: String] = [:]
    for file in parameters.filters.lists {
      lists[file.flag] = try Digest.ofFile(file.path)
    }
    self.lists = lists
    self.parameters = parameters
    if parameters.assignmentsFile != nil, parameters.centroidsFile == nil {
      throw .invalid("--assignments: expected --centroids as well, found none")
    }
    guard let path = parameters.centroidsFile else {
      given = nil
      assignments = nil
      try checkClusters(parameters.clusters, rows: dataset.rows, "rows")
      return
    }
    let centroids = try readCentroids(
      path, dimensions: dataset.dimensions, instructions: parameters.instructions)
    given = GivenCentroids(path: path, digest: try Digest.ofFile(path))
    self.parameters.clusters = centroids.count
    let rows = dataset.rows
    assignments = try parameters.assignmentsFile.map { (file) throws(WinnowError) in
      try GivenAssignments(file, rows: rows, clusters: centroids.count)
    }
  }
}

extension BuildParameters {
  /// Training rows at most; nil for all candidates.
  var trainingLimit: Int? {
    switch trainingRows {
    case .all: nil
    case .total(let count): max(count, clusters)
    case .perCluster(let count): count.multipliedReportingOverflow(by: clusters).partialValue
    }
  }
}

func checkClusters(_ clusters: Int, rows: Int, _ what: String) throws(WinnowError) {
  guard clusters <= rows else {
    throw .invalid(
      "--clusters: expected at most \(rows), the number of \(what), found \(clusters); "
        + "choose fewer clusters")
  }
}

/// Checks that a data set has what the filters look at.
private func checkFilters(_ filters: RowFilters, _ dataset: Dataset) throws(WinnowError) {
  if filters.condition != nil, dataset.columns == nil {
    throw .invalid(
      "--where: expected metadata with the columns of the condition, found none; name a "
        + "clip-retrieval folder with metadata")
  }
  if filters.hasSimilarity, dataset.columns?.similarity == nil {
    throw .invalid(
      "\(filters.similarityMinimum != nil ? "--similarity-min" : "--similarity-top"): expected "
        + "metadata with a similarity column, found none; name one with --similarity")
  }
}

extension BuildPlan {
  /// What each step takes at most in one process, in the order of the stages; those that take little
  /// are left out.
  var memory: [(step: StageName, bytes: Int)] {
    let shape = BuildShape(self)
    return buildStages(self, rounds: false).compactMap { stage in
      stage.memory(shape).map { (stage.step, $0) }
    }
  }

  /// - Throws: ``WinnowError`` when the budget is too small: what is needed, and what would lower it.
  func checkMemory() throws(WinnowError) {
    let worst = memory.max { $0.bytes < $1.bytes }!
    guard let budget = parameters.memory, worst.bytes > budget else { return }
    let shape = BuildShape(self)
    let isTraining = worst.step == .train
    var ways = ["give --memory \(byteText(worst.bytes).filter { $0 != " " }) or more"]
    let (perRow, rows) = (shape.perTrainingRow, shape.trainingRows)
    let fitting = (budget - (worst.bytes - rows * perRow)) / perRow
    if isTraining, fitting >= parameters.clusters {
      ways.append("train on fewer rows with --training-rows \(fitting)")
    } else if shape.threads > 1 {
      ways.append("use fewer --threads than \(shape.threads)")
    }
    throw .invalid(
      "--memory: expected at least \(byteText(worst.bytes)), found \(byteText(budget)): the stage "
        + "\(worst.step) needs the most" + (isTraining ? ", for \(rows) training rows" : "")
        + "; " + ways.joined(separator: ", or "))
  }
}

/// The inputs of a build, which must not change while it reads them.
struct WatchedInputs: Sendable {
  var shards: InputWatch
  var metadata: InputWatch
  /// The files of `--allow` and `--deny`.
  var lists: InputWatch
}

extension WatchedInputs {
  /// Looks at them now.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  init(_ plan: BuildPlan) throws(WinnowError) {
    let threads = plan.parameters.threads
    shards = try InputWatch(plan.dataset.shards.map(\.path), threads: threads)
    metadata = try InputWatch(plan.metadataPaths, threads: threads)
    lists = try InputWatch(plan.parameters.filters.lists.map(\.path), threads: threads)
  }
}
