// Near duplicates: fine clusters first, made by the same stages as concepts, under names of their own;
// then the search within each.

import Clustering
import Foundations
import Pruning
import Storage
import Synchronization

extension LocalBuild {
  private static let fates = stageFolder + "/twins/fate.npy"

  /// Drops near duplicates; the candidates as they are where that is not asked.
  func runDeduplication(
    _ scanning: Scanning, _ clock: inout StageClock
  ) throws(WinnowError) -> Scanning {
    guard let wanted = parameters.deduplication, let keys = keys.duplicates else {
      return scanning
    }
    let scanned = try scanning.result()
    if case .worker(let target, _) = stages.role, !TaskBuild.needsFineClusters.contains(target),
      let totals = try stages.result(
        "twins", of: TwinTotals.self, key: keys.search, staging: staging)
    {
      // What comes later needs to know only who is left.
      return try narrowed(scanned, Self.fates, totals.counts)
    }
    if parameters.filters.isEmpty { clock.lap("scan") }
    let candidates = scanned.candidates
    let clusters = try fineClusters(wanted, candidates)
    let (fine, runs) = try runFineClusters(scanning, candidates, clusters, wanted, keys)
    clock.lap("fine")
    let totals = try runSearch(candidates, fine, runs, wanted.criterion, keys)
    let dropped = totals.counts.dropped[.duplicate] ?? 0
    tell(
      "dedup: \(dropped) of \(candidates.count) candidates are duplicates (epsilon "
        + "\(wanted.criterion.epsilon), \(wanted.criterion.rule.rawValue), \(clusters) fine "
        + "\(clusters == 1 ? "cluster" : "clusters")); \(totals.closeDecisions) decided by a cosine "
        + "within 1e-6 of the threshold")
    let chosen = try narrowed(scanned, Self.fates, totals.counts)
    clock.lap("dedup")
    return chosen
  }

  /// The number of fine clusters.
  func fineClusters(
    _ wanted: Deduplication, _ candidates: CandidateSet
  ) throws(WinnowError) -> Int {
    let clusters = wanted.clusters(of: candidates.count)
    guard clusters <= candidates.count else {
      throw .invalid(
        "--dedup-clusters: expected at most \(candidates.count), the number of candidates, found "
          + "\(clusters); choose fewer, or leave the flag out")
    }
    return clusters
  }

  /// What the stages of the fine clusters take for parameters.
  private func fineParameters(_ clusters: Int) -> BuildParameters {
    var fine = parameters
    fine.clusters = clusters
    fine.iterations = Deduplication.iterations
    fine.trainingRows = .perCluster(Deduplication.trainingRows)
    // Sequences of their own: the concepts' training has the seed's itself.
    fine.seed = splitmix64(seed: parameters.seed, row: .max - 1)
    return fine
  }

  /// Tells of the work of other stages as parts of `fine`: its pass over the rows is what is shown.
  private func fineObserver(_ stage: BuildProgress.Stage?) -> BuildObserver {
    var fine = observer
    fine.progress = { [observer] progress in
      guard progress.stage == stage else { return }
      var progress = progress
      progress.stage = .fine
      observer.progress(progress)
    }
    return fine
  }

  /// Makes the fine clusters; also returns the runs of their assignment.
  func runFineClusters(
    _ scanning: Scanning, _ candidates: CandidateSet, _ clusters: Int, _ wanted: Deduplication,
    _ keys: DuplicateKeys
  ) throws(WinnowError) -> (FineClusters, runs: [String]) {
    let (count, runs) =
      clusters > wanted.clustersAtOnce
      ? try runFineLevels(scanning, candidates, clusters, keys)
      : try runFineLevel(scanning, candidates, clusters, keys)
    let totals = try sortMembers(
      .fine, key: keys.sort, of: runs.paths, clusters: count, observer: fineObserver(nil)
    ) { (parts, paths, files, stage) throws(WinnowError) in
      try checkRuns(parts, hold: candidates)
      let own = StagingFiles(folder: stage.folder)
      let totals = try parts.join(
        paths, to: own, threads: parameters.threads, isCancelled: observer.isCancelled)
      for (name, seal) in own.all { files.record("\(stageFolder)/\(stage.name)/\(name)", seal) }
      return totals
    }
    return (
      FineClusters(
        members: "\(staging.folder)/\(stageFolder)/fine-sort/members.npy",
        centroids: staging.folder + "/" + TwinTotals.centroids, dimensions: dataset.dimensions,
        totals),
      runs.paths
    )
  }

  /// Fine clusters of one k-means, whose centroids become fine_centroids.npy.
  private func runFineLevel(
    _ scanning: Scanning, _ candidates: CandidateSet, _ clusters: Int, _ keys: DuplicateKeys
  ) throws(WinnowError) -> (clusters: Int, runs: Stage) {
    let parameters = fineParameters(clusters)
    let centroids = try trainOnce(
      scanning, parameters, "fine-train", key: keys.train, file: TwinTotals.centroids)
    let runs = try openRuns("fine-assign", keys.assign)
    try assign(
      blocks, centroids, shards, candidates, runs, parameters: parameters,
      observer: fineObserver(.assign))
    return (centroids.count, runs)
  }

  /// Fine clusters in two levels.
  private func runFineLevels(
    _ scanning: Scanning, _ candidates: CandidateSet, _ clusters: Int, _ keys: DuplicateKeys
  ) throws(WinnowError) -> (clusters: Int, runs: Stage) {
    let parameters = fineParameters(FineLevels.coarseClusters(clusters))
    let coarse = try trainOnce(
      scanning, parameters, "coarse-train", key: keys.train,
      file: stageFolder + "/coarse-train/centroids.npy")
    let coarseRuns = try openRuns("coarse-assign", keys.train)
    try assign(
      blocks, coarse, shards, candidates, coarseRuns, parameters: parameters,
      observer: fineObserver(.assign))
    var sizes = [Int](repeating: 0, count: coarse.count)
    for path in coarseRuns.paths {
      let ends = try AssignedRun(path).offsets(sizes.indices)
      for cluster in sizes.indices { sizes[cluster] += Int(ends[cluster + 1] - ends[cluster]) }
    }
    let levels = FineLevels(sizes: sizes, fine: clusters)
    // Bounds the memory where one coarse cluster has most rows.
    let most = 4 * Deduplication.trainingRows * coarse.count
    let trained = try stages.open(
      "fine-train", key: keys.train, results: sizes.indices.map { "centroids-\($0)" },
      isWhole: { SealedFile.read($0) != nil })
    let (blocks, shards, isCancelled) = (blocks, shards, observer.isCancelled)
    let seed = splitmix64(seed: parameters.seed, row: .max - 1)
    // One after another, each with all threads: vectors of one training are in memory.
    try trained.run(threads: 1, isCancelled: isCancelled) { (_, cluster) throws(WinnowError) in
      let count = levels.count(cluster)
      guard count > 0 else { return try SealedFile.write([UInt8](), to: trained.paths[cluster]) }
      var own = parameters
      (own.clusters, own.seed) = (count, seed)
      try trainFine(
        cluster, of: coarseRuns.paths, blocks, shards,
        limit: max(count, min(most, Deduplication.trainingRows * count)),
        to: trained.paths[cluster], parameters: own, isCancelled: isCancelled)
    }
    _ = try stages.once(
      "fine-centroids", key: keys.train, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      var file = try AtomicFile(files.folder + "/" + TwinTotals.centroids)
      try file.write(NpyHeader.bytes(.float32, shape: [levels.fine, dataset.dimensions]))
      for cluster in sizes.indices {
        let components = try readFine(
          trained.paths[cluster], count: levels.count(cluster), dimensions: dataset.dimensions)
        try file.write(elements: components)
      }
      files.record(TwinTotals.centroids, try file.commit())
      return levels.fine
    }
    let runs = try openRuns("fine-assign", keys.assign)
    try assignFine(
      blocks, levels, trained.paths, coarseRuns: coarseRuns.paths, shards, runs,
      parameters: parameters, isCancelled: isCancelled)
    return (levels.fine, runs)
  }

  /// Trains centroids, or finds those that were trained before.
  ///
  /// - Parameter file: where they are, below the staging folder.
  private func trainOnce(
    _ scanning: Scanning, _ parameters: BuildParameters, _ name: String, key: StageKey, file: String
  ) throws(WinnowError) -> Centroids {
    var made: Centroids?
    _ = try stages.once(name, key: key, staging: staging, isCancelled: observer.isCancelled) {
      (files, stage) throws(WinnowError) in
      let trained = try trainCentroids(
        blocks, scanning, shards, stage, parameters: parameters, observer: fineObserver(.train))
      let centroids = trained.centroids
      try files.writeArray(
        file, .float32, shape: [centroids.count, centroids.dimensions],
        elements: centroids.components())
      made = centroids
      return trained.training
    }
    if let made { return made }
    return try readCentroids(
      staging.folder + "/" + file, dimensions: dataset.dimensions,
      instructions: parameters.instructions)
  }

  /// Searches within the fine clusters; returns what the tasks left.
  func runSearchTasks(
    _ candidates: CandidateSet, _ fine: FineClusters, _ criterion: DuplicateCriterion,
    _ keys: DuplicateKeys
  ) throws(WinnowError) -> [String] {
    let tasks = DuplicateTasks(fine)
    let stage = try stages.open(
      "dedup", key: keys.search, results: tasks.clusters.indices.map { "clusters-\($0)" },
      shares: .duplicates(tasks.clusters.count, rows: fine.candidates),
      isWhole: DroppedRows.isWhole)
    let meter = RowMeter(.dedup, total: candidates.count, observer)
    meter.add(
      tasks.clusters.indices.reduce(0) {
        $0 + (stage.wasDone($1) ? tasks.rows($1, of: fine) : 0)
      })
    try searchDuplicates(
      blocks, fine, tasks, shards, stage, criterion, memory: duplicateMemory,
      parameters: parameters, isCancelled: observer.isCancelled, progress: { meter.add($0) })
    return stage.paths
  }

  /// Searches within the fine clusters and brings together what was found.
  private func runSearch(
    _ candidates: CandidateSet, _ fine: FineClusters, _ runs: [String],
    _ criterion: DuplicateCriterion, _ keys: DuplicateKeys
  ) throws(WinnowError) -> TwinTotals {
    let results = try runSearchTasks(candidates, fine, criterion, keys)
    return try stages.once(
      "twins", key: keys.search, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      try writeFineAssignments(of: runs, rows: dataset.rows, to: files, observer: observer)
      return try writeTwins(
        candidates, results, fates: Self.fates, to: files, observer: observer)
    }
  }
}
