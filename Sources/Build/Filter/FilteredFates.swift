// The fate of every row, out of the scan's list of invalid rows, the verdicts of
// `--where` and of the key lists, and similarity.npy.  Rows pass in their order, some at a time, so
// there is nothing a row in memory but the bit of the candidates.

import Foundations
import Pruning
import Storage
import Tasks
import Workspace

/// What decides the fates beside the scan.
struct FilterSources: Sendable {
  var filters: RowFilters
  /// Whether a row's condition holds, a file for each shard; none without one.
  var conditions: [String] = []
  /// The row at which each shard begins, and the number of rows at the end.
  var firstRows: [Int]
  /// Whether the lists let a row stay; nil without lists.
  var lists: String?
  /// similarity.npy.
  var similarity: String

}

/// Writes the fates of all rows.
///
/// - Parameters:
///   - candidates: the rows that can be used.
///   - files: records the file.
///   - done: told how many rows have passed since the last time.
/// - Throws: ``WinnowError`` also when nothing is left: which filter dropped the last row.
/// - Complexity: O(rows) time, a bit of memory a row
func writeFilteredFates(
  _ candidates: CandidateSet, _ sources: FilterSources, to files: StagingFiles,
  isCancelled: @escaping @Sendable () -> Bool, done: (Int) -> Void
) throws(WinnowError) -> FateCounts {
  let filters = sources.filters
  guard let top = filters.similarityTop else {
    let counts = try sift(
      candidates, sources, to: files, fatesName(.filter), isCancelled: isCancelled, done: done)
    try checkLeft(counts, candidates.rows, filters)
    return counts
  }
  // What the other filters leave, for as long as this function runs.
  let name = partialName("\(stageFolder)/\(StageName.filter)/sifted.npy")
  let path = files.folder + "/" + name
  let sifted = try sift(
    candidates, sources, to: StagingFiles(folder: files.folder), name, isCancelled: isCancelled,
    done: done)
  try checkLeft(sifted, candidates.rows, filters)
  let left = try CandidateSet(fates: path, rows: candidates.rows, counts: sifted)
  let reader = try SimilarityReader(sources.similarity, rows: left.rows)
  let wanted = top.floor(times: left.count)
  guard wanted > 0 else {
    throw .invalid(
      "--similarity-top \(top): it leaves none of \(left.count) rows; give a larger part")
  }
  let best = try BestSimilarities(count: wanted) { (take) throws(WinnowError) in
    try left.forEachFates { (rows, _) throws(WinnowError) in
      if isCancelled() { throw .interrupted }
      let values = try reader.values(rows)
      left.forEach(in: rows) { take(similarityRank(values[$0 - rows.lowerBound])) }
      done(rows.count)
    }
  }
  var ties = best.ofWorst
  let counts = try left.narrow(
    to: files, fatesName(.filter), [.similarity], isCancelled: isCancelled
  ) {
    (rows, fates) throws(WinnowError) in
    let values = try reader.values(rows)
    for place in fates.indices where fates[place] == Fate.candidate.rawValue {
      let rank = similarityRank(values[place])
      if rank == best.worst, ties > 0 {
        ties -= 1
      } else if rank >= best.worst {
        fates[place] = Fate.similarity.rawValue
      }
    }
    done(rows.count)
  }
  try removeTree(path)
  return counts
}

/// Everything but the best similarities.
private func sift(
  _ candidates: CandidateSet, _ sources: FilterSources, to files: StagingFiles, _ name: String,
  isCancelled: @escaping @Sendable () -> Bool, done: (Int) -> Void
) throws(WinnowError) -> FateCounts {
  var conditions = sources.conditions.isEmpty ? nil : ShardVerdicts(sources)
  var lists: VerdictReader?
  if let path = sources.lists { lists = try VerdictReader(path, rows: candidates.rows) }
  let minimum = sources.filters.similarityMinimum
  var similarities: SimilarityReader?
  if minimum != nil {
    similarities = try SimilarityReader(sources.similarity, rows: candidates.rows)
  }
  return try candidates.narrow(to: files, name, sources.filters.fates, isCancelled: isCancelled) {
    (rows, fates) throws(WinnowError) in
    func drop(_ fate: Fate, where goes: (Int) -> Bool) {
      for place in fates.indices where fates[place] == 0 && goes(place) {
        fates[place] = fate.rawValue
      }
    }
    if conditions != nil {
      let holds = try conditions!.verdicts(rows)
      drop(.condition) { !holds[$0] }
    }
    if let lists {
      let stays = try lists.verdicts(rows)
      drop(.list) { !stays[$0] }
    }
    if let minimum {
      let values = try similarities!.values(rows)
      // A missing one is not at least anything.
      drop(.similarity) { !(values[$0] >= minimum.value) }
    }
    done(rows.count)
  }
}

/// - Throws: ``WinnowError`` that names the filter which dropped the last row.
private func checkLeft(
  _ counts: FateCounts, _ rows: Int, _ filters: RowFilters
) throws(WinnowError) {
  var left = rows
  for fate in Fate.allCases {
    let count = counts.dropped[fate] ?? 0
    guard count > 0, count == left else {
      left -= count
      continue
    }
    let name =
      switch fate {
      case .condition: "--where"
      case .list:
        filters.allow == nil
          ? "--deny" : filters.deny == nil ? "--allow" : "--allow and --deny"
      default: "--similarity-min"
      }
    throw .invalid(
      "\(name): no row is left: all \(count) that came so far were dropped; choose another one")
  }
}
