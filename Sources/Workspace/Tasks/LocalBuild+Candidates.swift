// Which rows are candidates: the scan says which can be used, and the stages here drop some of those.
// Each takes the scan's result and gives one with fewer candidates, so whatever comes after need not
// know how many there were.

import Clustering
import Storage

extension LocalBuild {
  /// Runs the stage `filter`; the scan itself, perhaps still running, where no filter is asked.
  ///
  /// A stage that drops more rows takes what this returns and returns the like.
  func runFilter(
    _ scanning: Scanning, _ clock: inout StageClock
  ) throws(WorkspaceError) -> Scanning {
    guard let key = keys.filter else { return scanning }
    let scanned = try scanning.result()
    clock.lap("scan")
    let sources = FilterSources(
      filters: parameters.filters, firstRows: dataset.firstRows,
      similarity: staging.folder + "/similarity.npy")
    let total = filterPasses(parameters.filters) * dataset.rows
    var done = 0
    func report(_ rows: Int) {
      done += rows
      observer.progress(
        BuildProgress(stage: .filter, done: done, total: total, unit: "rows"))
    }
    report(0)
    let counts = try stages.once("filter", key: key, staging: staging) {
      (files, _) throws(WorkspaceError) in
      try writeFilteredFates(
        scanned.candidates, sources, to: files, observer: observer, done: report)
    }
    report(total - done)
    let chosen = try narrowed(scanned, FilterSources.fates, counts)
    clock.lap("filter")
    return chosen
  }

  /// The result of the scan with the candidates that a stage has left.
  ///
  /// - Parameters:
  ///   - fates: the file that it wrote, below the staging folder.
  ///   - counts: what it counted.
  func narrowed(
    _ scanned: ScanResult, _ fates: String, _ counts: FateCounts
  ) throws(WorkspaceError) -> Scanning {
    var scanned = scanned
    scanned.candidates = try CandidateSet(
      fates: staging.folder + "/" + fates, rows: dataset.rows, counts: counts)
    if plan.given == nil {
      try checkClusters(parameters.clusters, rows: scanned.candidates.count, "candidates")
    }
    let result = scanned
    return Scanning { () throws(WorkspaceError) in result }
  }
}
