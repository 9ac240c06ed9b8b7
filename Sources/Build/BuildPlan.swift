// What a build is to do, found out from parameters, names and headers before any work begins.

import Clustering
import Foundations
import Ingest
import Storage

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
      throw .invalid("--assignments: expected --centroids with it, found none")
    }
    guard let path = parameters.centroidsFile else {
      given = nil
      assignments = nil
      try checkClusters(parameters.clusters, rows: dataset.rows, "rows")
      return
    }
    let centroids = try readCentroids(
      path, dimensions: dataset.dimensions, instructions: parameters.instructions)
    given = GivenCentroids(
      path: path, digest: try Digest.ofFile(path))
    self.parameters.clusters = centroids.count
    let rows = dataset.rows
    assignments = try parameters.assignmentsFile.map { (file) throws(WinnowError) in
      try GivenAssignments(file, rows: rows, clusters: centroids.count)
    }
  }

  /// What another process has found out.
  init(
    _ parameters: BuildParameters, dataset: Dataset, condition: RowCondition.Checked?,
    lists: [String: String], given: GivenCentroids?, assignments: GivenAssignments?
  ) {
    self.parameters = parameters
    self.dataset = dataset
    self.condition = condition
    self.lists = lists
    self.given = given
    self.assignments = assignments
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
      "--where: expected metadata, whose columns the condition is about, found none; name a "
        + "clip-retrieval folder with metadata")
  }
  if filters.hasSimilarity, dataset.columns?.similarity == nil {
    throw .invalid(
      "\(filters.similarityMinimum != nil ? "--similarity-min" : "--similarity-top"): expected "
        + "metadata with a column of similarities, found none; name one with --similarity")
  }
}
