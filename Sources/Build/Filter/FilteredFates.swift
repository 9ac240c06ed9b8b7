// The fate of every row, out of the scan's list of invalid rows, the verdicts of `--where` and of the
// key lists, and similarity.npy.  Rows pass in their order, some at a time, so memory holds nothing
// per row but the bit of the candidates.

import Foundations
import Storage
import Tasks
import Workspace

/// Writes the fates of all rows.
struct FilteredFates {
  let job: BuildJob
  let run: StageRun
  let passes: FilterPasses

  private var filters: RowFilters { job.parameters.filters }

  private func similarities() throws(WinnowError) -> RowReader<Float> {
    try RowReader(job.path("similarity.npy"), .float32, job.dataset.rows)
  }

  /// - Parameter candidates: the rows that can be used.
  /// - Throws: ``WinnowError`` also when nothing is left: which filter dropped the last row.
  /// - Complexity: O(rows) time, a bit of memory a row
  func write(_ candidates: CandidateSet) throws(WinnowError) -> FateCounts {
    guard let top = filters.similarityTop else {
      return try sift(candidates, to: run.files, fatesName(.filter))
    }
    // What the other filters leave, for as long as this function runs.
    let name = partialName("\(stageFolder)/\(StageName.filter)/sifted.npy")
    let sifted = try sift(candidates, to: StagingFiles(folder: job.folder), name)
    let left = try CandidateSet(fates: job.path(name), rows: candidates.rows, counts: sifted)
    let reader = try similarities()
    let wanted = top.floor(times: left.count)
    guard wanted > 0 else {
      throw .invalid(
        "--similarity-top \(top): it keeps none of the \(left.count) rows; give a larger fraction")
    }
    let best = try BestSimilarities(count: wanted) { (take) throws(WinnowError) in
      try left.forEachFates { (rows, _) throws(WinnowError) in
        if run.isCancelled() { throw .interrupted }
        let values = try reader.values(rows)
        left.forEach(in: rows) { take(descendingBits(values[$0 - rows.lowerBound])) }
        passes.report(rows.count)
      }
    }
    var ties = best.ofWorst
    let counts = try left.narrow(
      to: run.files, fatesName(.filter), [.similarity], isCancelled: run.isCancelled
    ) {
      (rows, fates) throws(WinnowError) in
      let values = try reader.values(rows)
      for place in fates.indices where fates[place] == Fate.candidate.rawValue {
        let rank = descendingBits(values[place])
        if rank == best.worst, ties > 0 {
          ties -= 1
        } else if rank >= best.worst {
          fates[place] = Fate.similarity.rawValue
        }
      }
      passes.report(rows.count)
    }
    try removeTree(job.path(name))
    return counts
  }

  private func sift(
    _ candidates: CandidateSet, to files: StagingFiles, _ name: String
  ) throws(WinnowError) -> FateCounts {
    var conditions: ShardVerdicts?
    if filters.condition != nil {
      conditions = ShardVerdicts(try job.paths(of: .condition), job.dataset.firstRows)
    }
    var lists: RowReader<UInt8>?
    if filters.hasLists {
      lists = try RowReader(job.path(ListsStage.verdicts), .uint8, (candidates.rows + 7) / 8)
    }
    let minimum = filters.similarityMinimum
    let similarities = minimum == nil ? nil : try similarities()
    let counts = try candidates.narrow(
      to: files, name, filters.fates, isCancelled: run.isCancelled
    ) {
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
        // Blocks begin at multiples of 8.
        let bytes = try lists.values(rows.lowerBound / 8..<(rows.upperBound + 7) / 8)
        let stays = VerdictBits(bytes: bytes, count: rows.count)!
        drop(.list) { !stays[$0] }
      }
      if let minimum {
        let values = try similarities!.values(rows)
        // A missing one is not at least anything.
        drop(.similarity) { !(values[$0] >= minimum.value) }
      }
      passes.report(rows.count)
    }
    try checkLeft(counts, candidates.rows, filters)
    return counts
  }
}

/// The worst rank (``descendingBits(_:)`` of a similarity) that stays among the best, and how many
/// rows of just that rank do.
///
/// Found by counting: two passes over the rows count the upper and then the lower halves of the
/// ranks' bits.  Memory is that of the counts; the result is exact and the same for any order.
package struct BestSimilarities: Sendable, Equatable {
  package let worst: UInt32
  package let ofWorst: Int

  /// - Parameters:
  ///   - count: how many rows shall stay, at most as many as are offered.
  ///   - forEachRank: calls its argument with the ranks of all rows that are offered; run twice.
  /// - Complexity: O(rows) time, 512 KiB of memory
  package init<Failure: Error>(
    count: Int, forEachRank: ((UInt32) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    var upper = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { upper[Int($0 >> 16)] += 1 }
    let high = upper.bucket(ofRank: count)
    var lower = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { if $0 >> 16 == high.bucket { lower[Int($0 & 0xFFFF)] += 1 } }
    let low = lower.bucket(ofRank: high.rank)
    worst = UInt32(high.bucket << 16 | low.bucket)
    ofWorst = low.rank
  }
}

/// A `.npy` of numbers in the order of the rows, read some at a time.
final class RowReader<Element: BitwiseCopyable & Sendable>: Sendable {
  private let file: InputFile
  private let start: Int

  init(_ path: String, _ type: NpyType, _ count: Int) throws(WinnowError) {
    file = try openArray(path, type, [count])
    start = file.size - count * MemoryLayout<Element>.stride
  }

  func values(_ places: Range<Int>) throws(WinnowError) -> [Element] {
    try file.elements(places.count, at: start + places.lowerBound * MemoryLayout<Element>.stride)
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
      "\(name): no rows are left: it dropped all \(count) rows that it received; choose another one"
    )
  }
}

// Yes or no for rows: a bit each, the lowest of a byte first, as numpy.packbits has them with
// bitorder="little".

package struct VerdictBits: Sendable, Equatable {
  private(set) var bytes: [UInt8]
  package let count: Int

  /// All no.
  package init(count: Int) {
    self.count = count
    bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
  }

  /// The bits of `count` rows; nil when they are not in as many bytes.
  init?(bytes: [UInt8], count: Int) {
    guard bytes.count == (count + 7) / 8 else { return nil }
    self.bytes = bytes
    self.count = count
  }

  package subscript(place: Int) -> Bool { bytes[place >> 3] >> UInt8(place & 7) & 1 == 1 }

  var ones: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether a row stays that `allowed` lets stay and `denied` does not name.
  static func staying(
    allowed: VerdictBits?, denied: VerdictBits?, count: Int
  ) -> VerdictBits {
    var stays = VerdictBits(count: count)
    for place in stays.bytes.indices {
      stays.bytes[place] = (allowed?.bytes[place] ?? 0xFF) & ~(denied?.bytes[place] ?? 0)
    }
    return stays
  }

  mutating func set(_ place: Int) { bytes[place >> 3] |= 1 << UInt8(place & 7) }
}

/// Verdicts in a sealed file for each shard, of which the last one that was asked for is in memory.
struct ShardVerdicts {
  private let paths: [String]
  private let firstRows: [Int]
  private var shard = -1
  private var bits = VerdictBits(count: 0)

  /// - Parameter firstRows: the row at which each shard begins, and the number of rows at the end.
  init(_ paths: [String], _ firstRows: [Int]) { (self.paths, self.firstRows) = (paths, firstRows) }

  /// The verdicts of some rows, which follow those that were asked for before.
  ///
  /// - Throws: ``WinnowError`` when a file is missing or torn.
  mutating func verdicts(_ rows: Range<Int>) throws(WinnowError) -> [Bool] {
    var found: [Bool] = []
    found.reserveCapacity(rows.count)
    var row = rows.lowerBound
    while row < rows.upperBound {
      while shard < 0 || firstRows[shard + 1] <= row {
        shard += 1
        guard shard < paths.count else { preconditionFailure("rows beyond the shards") }
        guard let bytes = SealedFile.read(paths[shard]),
          let bits = VerdictBits(bytes: bytes, count: firstRows[shard + 1] - firstRows[shard])
        else { throw SealedFile.changed(paths[shard]) }
        self.bits = bits
      }
      let end = min(rows.upperBound, firstRows[shard + 1])
      for row in row..<end { found.append(bits[row - firstRows[shard]]) }
      row = end
    }
    return found
  }
}
