// Which rows are candidates: the scan says which can be used, and the stages here drop some of those.
// Each takes the scan's result and gives one with fewer candidates, so whatever comes after need not
// know how many there were.

import Clustering
import Foundations
import Ingest
import Storage

extension LocalBuild {
  /// Runs the stage `filter`: the scan's result with the candidates that are left, the scan itself,
  /// perhaps still running, where no filter is asked; and what the lists came to, by their flags.
  ///
  /// A stage that drops more rows takes the result and returns the like.
  func runFilter(
    _ scanning: Scanning, _ metadata: MetadataResult, _ clock: inout StageClock
  ) throws(WinnowError) -> (Scanning, lists: [String: KeyListCounts]) {
    guard let key = keys.filter else { return (scanning, [:]) }
    let scanned = try scanning.result()
    clock.lap("scan")
    let passes = FilterPasses(parameters.filters, rows: dataset.rows, observer)
    let report = passes.report
    report(0)
    let conditions = try runConditions(report)
    let lists = try runLists(metadata)
    let sources = FilterSources(
      filters: parameters.filters, conditions: conditions, firstRows: dataset.firstRows,
      lists: keys.lists == nil ? nil : staging.folder + "/" + listVerdicts,
      similarity: staging.folder + "/similarity.npy")
    let counts = try stages.once(
      "filter", key: key, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      try writeFilteredFates(
        scanned.candidates, sources, to: files, observer: observer, done: report)
    }
    passes.finish()
    let chosen = try narrowed(scanned, FilterSources.fates, counts)
    clock.lap("filter")
    return (chosen, lists)
  }

  /// Asks the condition of `--where`, a shard a task; returns where the verdicts are.
  func runConditions(
    _ report: @escaping @Sendable (Int) -> Void
  ) throws(WinnowError) -> [String] {
    guard let key = keys.condition, let checked = plan.condition else { return [] }
    let shards = dataset.shards
    let options = parameters.ingest
    let stage = try stages.open(
      "where", key: key, results: shards.indices.map { "shard-\($0)" },
      inputNames: metadataFiles.paths, taskPerInput: true,
      isWhole: { SealedFile.read($0) != nil })
    let observer = observer
    try stage.run(threads: parameters.threads, isCancelled: observer.isCancelled) {
      (_, shard) throws(WinnowError) in
      let verdicts = try metadataFiles.reading([shard]) { () throws(WinnowError) in
        var verdicts = VerdictBits(count: shards[shard].rows)
        var row = 0
        var isCancelled = false
        try RowCondition(checked, options).evaluate(shards[shard]) { holds in
          if holds { verdicts.set(row) }
          row += 1
          if row & 0xFFFF == 0 {
            report(1 << 16)
            isCancelled = isCancelled || observer.isCancelled()
          }
          return !isCancelled
        }
        if isCancelled { throw .interrupted }
        report(row & 0xFFFF)
        return verdicts
      }
      try SealedFile.write(verdicts.bytes, to: stage.paths[shard])
    }
    return stage.paths
  }

  /// Looks for the keys of `--allow` and `--deny`; returns what each list came to, by its flag.
  func runLists(
    _ metadata: MetadataResult
  ) throws(WinnowError) -> [String: KeyListCounts] {
    guard let key = keys.lists else { return [:] }
    let files = parameters.filters.lists
    let counts = try stages.once(
      "lists", key: key, staging: staging, isCancelled: observer.isCancelled
    ) {
      (staged, _) throws(WinnowError) in
      var found: [String: VerdictBits] = [:]
      var counts: [String: KeyListCounts] = [:]
      for (place, file) in files.enumerated() {
        let search = KeyListSearch(
          file: file, rows: dataset.rows,
          keys: metadata.columns.keyKind.map { (staging.folder + "/keys", $0) },
          memory: listMemory, threads: parameters.threads, isCancelled: observer.isCancelled)
        (found[file.flag], counts[file.flag]) = try listFiles.reading([place]) {
          () throws(WinnowError) in try search.run()
        }
      }
      let stays = VerdictBits.staying(
        allowed: found["--allow"], denied: found["--deny"], count: dataset.rows)
      let path = staging.folder + "/" + listVerdicts
      var file = try AtomicFile(path, isDurable: false)
      try file.write(NpyHeader.bytes(.uint8, shape: [stays.bytes.count]))
      try file.write(stays.bytes)
      staged.record(listVerdicts, try file.commit())
      return counts
    }
    for file in files {
      let own = counts[file.flag] ?? KeyListCounts()
      tell(
        "\(file.flag): \(file.path) lists \(own.keys) keys"
          + (own.unknown == 0 ? "" : ", \(own.unknown) of them not in the data set"))
    }
    return counts
  }

  /// The result of the scan with the candidates that a stage has left.
  ///
  /// - Parameters:
  ///   - fates: the file that it wrote, below the staging folder.
  ///   - counts: what it counted.
  func narrowed(
    _ scanned: ScanResult, _ fates: String, _ counts: FateCounts
  ) throws(WinnowError) -> Scanning {
    var scanned = scanned
    scanned.candidates = try CandidateSet(
      fates: staging.folder + "/" + fates, rows: dataset.rows, counts: counts,
      window: try candidateWindow())
    if plan.given == nil {
      try checkClusters(parameters.clusters, rows: scanned.candidates.count, "candidates")
    }
    let result = scanned
    return Scanning { () throws(WinnowError) in result }
  }

  /// The rows that a worker's tasks are about, where they are some runs; nil: any.
  private func candidateWindow() throws(WinnowError) -> [Range<Int>]? {
    guard case .worker(let stage, let choice) = stages.role else { return nil }
    var results = runs(of: blocks)
    let shares: TaskShares
    switch stage {
    case "assign", "fine-assign", "coarse-assign":
      shares = .rows(results.count, rows: dataset.rows)
    case _ where stage.hasPrefix("round-"):
      results = roundParts(results)
      shares = TaskShares(results: results.count)
    default: return nil
    }
    return shares.results(of: try choice.tasks(of: shares.count, stage)).map { result in
      let (first, last) = (
        blocks.blocks[results[result].lowerBound], blocks.blocks[results[result].upperBound - 1]
      )
      return first.firstRow..<last.firstRow + last.rows.count
    }
  }
}
