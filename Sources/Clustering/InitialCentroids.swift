// The rows that k-means begins with: greedy k-means++ (Arthur and Vassilvitskii, "k-means++: the
// advantages of careful seeding", SODA 2007; the greedy form of its section 5) on a subset of the
// training rows.  Every next row is the best of a few drawn with probability proportional to
// their cosine distance from the rows chosen so far.
//
// Every choice passes all rows, so what it costs is reading them: they are narrowed to 8 bits, whose
// dot products are exact.  Distances are summed as integers, so that any split of the work draws the
// same rows.

import CKernels
import Foundations
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

/// The distances of all rows, narrowed to 8 bits, to the nearest of the rows chosen so far.
private final class SeedSearch: @unchecked Sendable {
  // Sound: `nearest` and `tried` change only between calls of `parallel`, in which each task writes
  // its own block's elements.  Kernels are given whole rows, `stride` bytes apart.
  private let count: Int
  private let dimensions: Int
  /// Bytes from one row to the next.
  private let stride: Int
  private let rows: SharedBuffer<Int8>
  /// Square lengths of the narrowed rows.
  private let squares: SharedBuffer<Int64>
  private let trials: Int
  private let threads: Int
  private let instructions: InstructionSet
  private let blockRows = 256
  /// Distances in units of 2^-30 to the nearest chosen row.
  private var nearest: [Int64]
  /// What they would become with each row on trial, row by row.
  private let onTrial: SharedBuffer<Int64>
  private var candidates: [Int8] = []
  private var tried: [Int] = []

  init(_ vectors: VectorBlock, trials: Int, threads: Int, instructions: InstructionSet) {
    self.trials = trials
    self.threads = threads
    self.instructions = instructions
    (count, dimensions) = (vectors.capacity, vectors.dimensions)
    stride = wk_byte_stride(dimensions)
    rows = SharedBuffer(uninitialized: count * stride)
    squares = SharedBuffer(uninitialized: count)
    nearest = [Int64](repeating: .max, count: count)
    onTrial = SharedBuffer(uninitialized: count * trials)
    forBlocks { block in
      wk_narrow(
        vectors.pointer(to: block), block.count, dimensions, vectors.stride, bytes(of: block))
      for row in block {
        let bytes = bytes(of: row..<row + 1)
        wk_byte_dots(instructions.code, bytes, 1, bytes, 1, dimensions, &squares[row])
      }
    }
  }

  private func bytes(of block: Range<Int>) -> UnsafeMutablePointer<Int8> {
    rows.memory.pointer(to: block.lowerBound * stride..<block.upperBound * stride)
  }

  private func forBlocks(_ body: @Sendable (Range<Int>) -> Void) {
    let blocks = (count + blockRows - 1) / blockRows
    parallel(tasks: blocks, threads: threads) { _, block in
      body(block * blockRows..<min((block + 1) * blockRows, count))
    }
  }

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
    tried = slots
    candidates = slots.flatMap { rows.memory.elements($0 * stride..<($0 + 1) * stride) }
    let totals = Mutex([Int64](repeating: 0, count: slots.count))
    forBlocks { block in
      let sums = evaluate(block)
      totals.withLock { totals in
        for place in sums.indices { totals[place] += sums[place] }
      }
    }
    return totals.withLock { $0 }
  }

  private func evaluate(_ block: Range<Int>) -> [Int64] {
    let width = tried.count
    var dots = [Int64](repeating: 0, count: block.count * width)
    wk_byte_dots(
      instructions.code, bytes(of: block), block.count, candidates, width, dimensions, &dots)
    let lengths = tried.map { Double(squares[$0]).squareRoot() }
    var sums = [Int64](repeating: 0, count: width)
    for row in block {
      let length = Double(squares[row]).squareRoot()
      for place in 0..<width {
        let cosine =
          Double(dots[(row - block.lowerBound) * width + place]) / (length * lengths[place])
        let distance = Int64((max(0, 1 - cosine) * 0x1p30).rounded(.toNearestOrEven))
        let smaller = min(nearest[row], distance)
        onTrial[row * trials + place] = smaller
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
