// The last files of a workspace: workspace.json, which says what is in it and why, and build-log.json,
// which says how it came to be on this machine.

import Foundations
import Ingest
import Storage
import Tasks
import Workspace

extension BuildJob {
  /// Writes workspace.json and build-log.json, when all stages are finished.
  ///
  /// - Returns: what was built, and the files of the workspace.
  func finish() throws(WinnowError) -> (BuildSummary, files: [String]) {
    let description = try describe()
    let staging = StagingFiles(folder: folder)
    try staging.write("workspace.json", try description.json())
    let files = try graph.files(self).merging(staging.all) { $1 }
    let log = try log(files)
    _ = try AtomicFile.write(try encodeJSON(log), to: path("build-log.json"))
    return (
      BuildSummary(path: parameters.output, description: description, log: log),
      Array(files.keys)
    )
  }

  private func describe() throws(WinnowError) -> WorkspaceDescription {
    let (scanned, candidates) = (try scanned(), try candidates())
    var columns = try metadata().columns
    if columns.keyKind != nil {
      let repeated = try graph.value(of: KeysStage()).count
      columns.duplicateKeys = repeated > 0 ? repeated : nil
    }
    return WorkspaceDescription(
      format: WorkspaceDescription.currentFormat, distance: "cosine", rows: dataset.rows,
      dimensions: dataset.dimensions, candidates: candidates.count, clusters: parameters.clusters,
      inputs: zip(dataset.shards, scanned.digests).map {
        .init(
          rows: $0.rows, dimensions: $0.dimensions, element: $0.element.rawValue, digest: $1,
          embedding: $0.embeddingName)
      },
      parameters: try describeParameters(), training: try graph.value(of: TrainStage()),
      columns: columns, objective: try totals().objective,
      filters: FateCounts(dropped: candidates.dropped).byName)
  }

  private func describeParameters() throws(WinnowError) -> WorkspaceDescription.Parameters {
    let isTrained = plan.given == nil
    let filters = parameters.filters
    let lists = filters.hasLists ? try graph.value(of: ListsStage()) : [:]
    func list(_ flag: String) -> WorkspaceDescription.KeyList? {
      lists[flag].map { .init(digest: plan.lists[flag]!, keys: $0.keys) }
    }
    var dedup: WorkspaceDescription.Parameters.Dedup?
    if let criterion = parameters.deduplication?.criterion {
      dedup = .init(
        epsilon: criterion.epsilon, rule: criterion.rule.rawValue, clusters: try fineClusters())
    }
    return .init(
      clusters: parameters.clusters, iterations: isTrained ? parameters.iterations : nil,
      trainingRows: isTrained ? parameters.trainingLimit : nil,
      seed: isTrained || dedup != nil ? parameters.seed : nil,
      neighbours: parameters.neighbours, skipInvalid: parameters.skipInvalid,
      centroids: plan.given?.digest, assignments: plan.assignments?.digest,
      condition: filters.condition, allow: list("--allow"), deny: list("--deny"),
      similarityMin: filters.similarityMinimum?.description,
      similarityTop: filters.similarityTop?.description, dedup: dedup)
  }

  private func log(_ files: [String: FileSeal]) throws(WinnowError) -> BuildLog {
    var others = Array(zip(metadataFiles.paths, try metadataFiles.digests(threads: threads)))
    if let given = plan.given { others.append((given.path, given.digest)) }
    others += parameters.filters.lists.map { ($0.path, plan.lists[$0.flag]!) }
    if let given = plan.assignments { others.append((given.path, given.digest)) }
    return BuildLog(
      version: parameters.version, started: started, seconds: graph.seconds,
      tasks: Dictionary(
        uniqueKeysWithValues: graph.counts.map {
          ($0.rawValue, BuildLog.Tasks(done: $1.done, before: $1.before))
        }),
      threads: threads, instructions: instructions.rawValue, peakMemory: peakMemory(),
      engine: graph.role.engine, inputs: parameters.inputs,
      shards: shards.paths.map(absolutePath),
      inputFiles: others.map { path, digest in
        .init(path: absolutePath(path), size: fileSize(path) ?? 0, digest: digest)
      }, files: files,
      fingerprint: Fingerprint.of(files.mapValues(\.digest)))
  }
}
