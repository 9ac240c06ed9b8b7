// The rows that k-means begins with: greedy k-means++ (Arthur and Vassilvitskii, "k-means++: the
// advantages of careful seeding", SODA 2007; the greedy form of its section 5) on a subset of the
// training rows.  Every next row is the best of a few drawn with probability proportional to
// their cosine distance from the rows chosen so far.
//
// Distances are summed as integers, so that any split of the work draws the same rows.

import CKernels
import Synchronization

/// Chooses k different rows to begin with.
///
/// - Parameters:
///   - rows: vectors to choose from, at least k.
///   - random: the i-th number of a sequence of independent uniform 64-bit numbers.
///   - trials: rows drawn for each choice, 1 or more.
///   - shouldStop: asked before every choice.
/// - Returns: k different slots of `rows`, in the order of their choice; nil when stopped.
/// - Complexity: O(rows * k * trials * dimensions) time, O(rows * trials) memory.
public func chooseInitialRows(
  _ rows: VectorBlock, count k: Int, trials: Int, threads: Int, instructions: InstructionSet,
  random: (Int) -> UInt64, shouldStop: () -> Bool
) -> [Int]? {
  precondition(k >= 1 && k <= rows.capacity && trials >= 1)
  let search = SeedSearch(rows, trials: trials, threads: threads, instructions: instructions)
  var chosen = [Int(truncatingIfNeeded: random(0) % UInt64(rows.capacity))]
  _ = search.tryRows(chosen)
  search.take(0)
  for choice in 1..<max(1, k) {
    if shouldStop() { return nil }
    let drawn = search.draw((0..<trials).map { random(choice * trials + $0) })
    guard !drawn.isEmpty else {
      // Every row coincides with a chosen one: any others will do, the lowest first.
      let taken = Set(chosen)
      chosen += (0..<rows.capacity).lazy.filter { !taken.contains($0) }.prefix(k - choice)
      break
    }
    let totals = search.tryRows(drawn)
    let best = totals.indices.min { totals[$0] < totals[$1] }!
    search.take(best)
    chosen.append(drawn[best])
  }
  return chosen
}

/// The distances of all rows to the nearest of the rows chosen so far.
private final class SeedSearch: @unchecked Sendable {
  // Sound: while `parallel` runs, each task touches its own block's elements.
  private let rows: VectorBlock
  private let trials: Int
  private let threads: Int
  private let instructions: InstructionSet
  private let blockRows = 256
  /// Distances in units of 2^-30 to the nearest chosen row.
  private var nearest: [Int64]
  /// What they would become with each row on trial, row by row.
  private let onTrial: UnsafeMutablePointer<Int64>
  private let candidates: VectorBlock
  private var tried = 0

  init(_ rows: VectorBlock, trials: Int, threads: Int, instructions: InstructionSet) {
    self.rows = rows
    self.trials = trials
    self.threads = threads
    self.instructions = instructions
    nearest = [Int64](repeating: .max, count: rows.capacity)
    onTrial = .allocate(capacity: rows.capacity * trials)
    candidates = VectorBlock(capacity: trials, dimensions: rows.dimensions)
  }

  deinit { onTrial.deallocate() }

  /// Rows drawn with these numbers, in proportion to their distance; none when all are 0.
  func draw(_ numbers: [UInt64]) -> [Int] {
    let total = nearest.reduce(0, +)
    guard total > 0 else { return [] }
    let wanted = numbers.map { Int64($0.multipliedFullWidth(by: UInt64(total)).high) }
    let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
    var drawn = [Int](repeating: 0, count: wanted.count)
    var next = 0
    var sum: Int64 = 0
    for row in nearest.indices {
      sum += nearest[row]
      while next < order.count, wanted[order[next]] < sum {
        drawn[order[next]] = row
        next += 1
      }
      if next == order.count { break }
    }
    return drawn
  }

  /// The sum of all rows' distances with each of these rows taken in addition.
  func tryRows(_ slots: [Int]) -> [Int64] {
    tried = slots.count
    for (place, slot) in slots.enumerated() { candidates.copy(slot, of: rows, to: place) }
    let blocks = (rows.capacity + blockRows - 1) / blockRows
    let totals = Mutex([Int64](repeating: 0, count: tried))
    parallel(tasks: blocks, threads: threads) { _, block in
      let sums = evaluate(block)
      totals.withLock { totals in
        for place in sums.indices { totals[place] += sums[place] }
      }
    }
    return totals.withLock { $0 }
  }

  private func evaluate(_ block: Int) -> [Int64] {
    let start = block * blockRows
    let count = min(blockRows, rows.capacity - start)
    var dots = [Float](repeating: 0, count: count * tried)
    wk_dots(
      instructions.code, rows.values + start * rows.stride, count, candidates.values, tried,
      rows.stride, &dots)
    var sums = [Int64](repeating: 0, count: tried)
    for row in 0..<count {
      for place in 0..<tried {
        let cosine =
          Double(dots[row * tried + place]) / (rows.norms[start + row] * candidates.norms[place])
        let distance = Int64((max(0, 1 - cosine) * 0x1p30).rounded(.toNearestOrEven))
        let smaller = min(nearest[start + row], distance)
        onTrial[(start + row) * trials + place] = smaller
        sums[place] += smaller
      }
    }
    return sums
  }

  /// Takes the row that was tried at this place.
  func take(_ place: Int) {
    for row in nearest.indices { nearest[row] = onTrial[row * trials + place] }
  }
}
