// Each stage of the build with its key: what of parameters, inputs and earlier stages it depends on.

import Clustering
import Storage

extension LocalBuild {
  /// Says that a stage is over that did nothing itself.
  private func skip(_ stage: BuildProgress.Stage, _ count: Int, _ unit: String) {
    observer.progress(BuildProgress(stage: stage, done: count, total: count, unit: unit))
  }

  func runMetadata() throws(WorkspaceError) -> MetadataResult {
    guard dataset.columns != nil else { return MetadataResult() }
    var isNew = false
    let result = try stages.once(
      "metadata", key: keys.metadata, staging: staging, inputNames: metadataFiles.paths
    ) { (files, stage) throws(WorkspaceError) in
      isNew = true
      return try metadataFiles.reading(metadataFiles.paths.indices) {
        () throws(WorkspaceError) in
        try writeMetadata(
          dataset, to: files, stage: stageFolder + "/" + stage.name, parameters: parameters,
          observer: observer)
      }
    }
    if !isNew { skip(.metadata, dataset.rows, "rows") }
    return result
  }

  /// Assigns and sorts.
  func runMembers(
    _ centroids: Centroids, _ scanned: ScanResult, _ clock: inout StageClock
  ) throws(WorkspaceError) -> MemberTotals {
    let runs = try stages.open(
      "assign", key: keys.assign, results: runs(of: blocks).indices.map { "run-\($0)" },
      isWhole: HeaderSeal.isWhole)
    try assign(
      blocks, centroids, given: plan.assignments, shards, scanned.candidates, runs,
      parameters: parameters, observer: observer)
    clock.lap("assign")
    let key = keys.sort
    var isNew = false
    let totals = try stages.once("sort", key: key, staging: staging) {
      (files, _) throws(WorkspaceError) in
      isNew = true
      try scanned.candidates.publish(to: files, observer: observer)
      return try writeMembers(
        of: runs.paths, rows: dataset.rows, clusters: centroids.count, memory: sortMemory,
        to: files, parameters: parameters, observer: observer
      ) { (limit, count) throws(WorkspaceError) in
        var partKey = key
        partKey.parameters = ["the size of parts": "\(limit) rows"]
        return try stages.open(
          "parts", key: partKey, results: (0..<count).map { "part-\($0)" },
          isWhole: HeaderSeal.isWhole)
      }
    }
    if !isNew { skip(.sort, scanned.candidates.count, "rows") }
    // The arrays hold what the parts did.
    let parts = staging.folder + "/" + stageFolder + "/parts"
    try storing { () throws(StorageError) in try removeTree(parts) }
    clock.lap("sort")
    return totals
  }

  /// Writes clusters.npy; returns the objective.
  func runScores(
    _ totals: MemberTotals, _ centroids: Centroids, _ candidates: Int
  ) throws(WorkspaceError) -> Double {
    let k = centroids.count
    observer.progress(BuildProgress(stage: .score, done: 0, total: k, unit: "concepts"))
    _ = try stages.once("score", key: keys.score, staging: staging) {
      (files, _) throws(WorkspaceError) in
      let dInter = centroids.meanDistanceToNeighbours(
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
    let total = totals.distanceSums.reduce(0, +)
    return 1 - Double(total) / distanceUnit / Double(candidates)
  }

  /// Orders the keys, and counts those that several rows have in `columns`.
  func runKeyOrder(
    _ columns: inout WorkspaceDescription.Columns
  ) throws(WorkspaceError) {
    guard let kind = columns.keyKind else { return }
    let key = keys.keys
    let repeated = try stages.once("keys", key: key, staging: staging) {
      (files, _) throws(WorkspaceError) in
      try writeKeyOrder(
        kind, rows: dataset.rows, to: files, memory: sortMemory, threads: parameters.threads,
        isCancelled: observer.isCancelled
      ) { (name, limit, count) throws(WorkspaceError) in
        try stages.openSorting(name, key, limit, count)
      }
    }
    try check(repeated, kind: kind)
    columns.duplicateKeys = repeated.count > 0 ? repeated.count : nil
  }

  func runNumericColumns(
    _ metadata: MetadataResult, sizes: [Int]
  ) throws(WorkspaceError) {
    guard !metadata.numeric.isEmpty else { return }
    var isNew = false
    let units = metadata.numeric.count * sizes.count
    _ = try stages.once("columns", key: keys.columns, staging: staging) {
      (files, stage) throws(WorkspaceError) in
      isNew = true
      let assigned = "\(staging.folder)/\(stageFolder)/assign"
      try writeNumericColumns(
        metadata.numeric, of: runs(of: blocks).indices.map { "\(assigned)/run-\($0)" },
        clusters: sizes.count, scratch: stage.folder, memory: sortMemory, to: files,
        parameters: parameters, observer: observer)
      return units
    }
    if !isNew { skip(.columns, units, "concepts") }
  }

  func runNames(
    _ columns: WorkspaceDescription.Columns, candidates: Int, clusters: Int
  ) throws(WorkspaceError) {
    var isNew = false
    _ = try stages.once("name", key: keys.name, staging: staging) {
      (files, _) throws(WorkspaceError) in
      isNew = true
      try writeNames(
        columns, rows: dataset.rows, candidates: candidates, clusters: clusters, to: files,
        parameters: parameters, observer: observer)
      return clusters
    }
    if !isNew { skip(.name, clusters, "concepts") }
  }
}
