// Each stage of the build with its key: what of parameters, inputs and earlier stages it depends on.

import Clustering
import Foundations
import Storage

extension LocalBuild {
  /// Says that a stage is over that did nothing itself.
  private func skip(_ stage: BuildProgress.Stage, _ count: Int, _ unit: String) {
    observer.progress(BuildProgress(stage: stage, done: count, total: count, unit: unit))
  }

  func runMetadata() throws(WinnowError) -> MetadataResult {
    guard dataset.columns != nil else { return MetadataResult() }
    var isNew = false
    let result = try stages.once(
      "metadata", key: keys.metadata, staging: staging, inputNames: metadataFiles.paths,
      isCancelled: observer.isCancelled
    ) { (files, stage) throws(WinnowError) in
      isNew = true
      return try metadataFiles.reading(metadataFiles.paths.indices) {
        () throws(WinnowError) in
        try writeMetadata(
          dataset, to: files, stage: stageFolder + "/" + stage.name, parameters: parameters,
          observer: observer)
      }
    }
    if !isNew { skip(.metadata, dataset.rows, "rows") }
    return result
  }

  /// Opens the runs of an assignment.
  func openRuns(_ name: String, _ key: StageKey) throws(WinnowError) -> Stage {
    let runs = runs(of: blocks)
    return try stages.open(
      name, key: key, results: runs.indices.map { "run-\($0)" },
      shares: .rows(runs.count, rows: dataset.rows), isWhole: HeaderSeal.isWhole)
  }

  /// Finds the cluster of every candidate; returns the runs.
  func runAssignment(
    _ centroids: Centroids, _ candidates: CandidateSet
  ) throws(WinnowError) -> Stage {
    let runs = try openRuns("assign", keys.assign)
    try assign(
      blocks, centroids, given: plan.assignments, shards, candidates, runs,
      parameters: parameters, observer: observer)
    return runs
  }

  /// Brings the members into their order.
  ///
  /// - Parameter candidates: asked for when the arrays are written.
  func runSort(
    _ runs: Stage, candidates: () throws(WinnowError) -> CandidateSet
  ) throws(WinnowError) -> MemberTotals {
    try sortMembers(
      .concepts, key: keys.sort, of: runs.paths, clusters: parameters.clusters, observer: observer
    ) { (parts, paths, files, _) throws(WinnowError) in
      let candidates = try candidates()
      try checkRuns(parts, hold: candidates)
      try candidates.publish(to: files, observer: observer)
      return try parts.join(
        paths, to: files, threads: parameters.threads, isCancelled: observer.isCancelled)
    }
  }

  /// Checks that the runs of an assignment have just the candidates.
  func checkRuns(
    _ parts: MemberParts, hold candidates: CandidateSet
  ) throws(WinnowError) {
    guard parts.candidates == candidates.count else {
      throw changedCandidates(candidates.count, found: parts.candidates)
    }
  }

  /// Writes clusters.npy.
  func runScores(
    _ totals: MemberTotals, _ centroids: () throws(WinnowError) -> Centroids
  ) throws(WinnowError) {
    let k = parameters.clusters
    observer.progress(BuildProgress(stage: .score, done: 0, total: k, unit: "concepts"))
    _ = try stages.once(
      "score", key: keys.score, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      let dInter = try centroids().meanDistanceToNeighbours(
        parameters.neighbours, threads: parameters.threads)
      let records = (0..<k).map { cluster in
        let size = totals.sizes[cluster]
        let mean =
          size == 0 ? 0 : Double(totals.distanceSums[cluster]) / distanceUnit / Double(size)
        return ClusterRecord(
          size: UInt64(size), dIntra: mean, dInter: dInter[cluster],
          complexity: dInter[cluster] * mean)
      }
      try files.writeArray("clusters.npy", ClusterRecord.type, shape: [k], elements: records)
      return k
    }
    skip(.score, k, "concepts")
  }

  /// Orders the keys, and counts those that several rows have in `columns`.
  func runKeyOrder(
    _ columns: inout WorkspaceDescription.Columns
  ) throws(WinnowError) {
    guard let kind = columns.keyKind else { return }
    let repeated = try writeKeyOrder(
      kind, rows: dataset.rows, stages, staging, key: keys.keys, share: sortShare,
      threads: parameters.threads, isCancelled: observer.isCancelled)
    try check(repeated, kind: kind)
    columns.duplicateKeys = repeated.count > 0 ? repeated.count : nil
  }

  func runNumericColumns(
    _ metadata: MetadataResult, sizes: [Int]
  ) throws(WinnowError) {
    guard !metadata.numeric.isEmpty else { return }
    var isNew = false
    let units = metadata.numeric.count * sizes.count
    _ = try stages.once(
      "columns", key: keys.columns, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, stage) throws(WinnowError) in
      isNew = true
      let assigned = "\(staging.folder)/\(stageFolder)/assign"
      try writeNumericColumns(
        metadata.numeric, of: runs(of: blocks).indices.map { "\(assigned)/run-\($0)" },
        clusters: sizes.count, scratch: partialName(stage.folder + "/values"), memory: sortMemory,
        to: files,
        parameters: parameters, observer: observer)
      return units
    }
    if !isNew { skip(.columns, units, "concepts") }
  }

  func runNames(
    _ columns: WorkspaceDescription.Columns, candidates: Int, clusters: Int
  ) throws(WinnowError) {
    var isNew = false
    _ = try stages.once(
      "name", key: keys.name, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      isNew = true
      try writeNames(
        columns, rows: dataset.rows, candidates: candidates, clusters: clusters, to: files,
        parameters: parameters, observer: observer)
      return clusters
    }
    if !isNew { skip(.name, clusters, "concepts") }
  }
}
