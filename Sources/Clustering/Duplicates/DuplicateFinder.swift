// Near duplicates among rows in an order: each row is compared with all earlier ones, or with those
// that were kept.  Rows pass in groups.  A group is compared with the columns, the earlier rows in
// narrow form; then its rows with each other, which is the only part that has to go one by one.
//
// Rows that do not fit the memory are taken segment by segment, and a segment is compared with the
// columns of earlier ones by reading those again, a chunk at a time.

import CKernels
import Foundations

/// Finds near duplicates; its buffers serve many searches, one at a time.
public final class DuplicateFinder {
  public let dimensions: Int
  private let threads: Int
  private let instructions: InstructionSet
  private let stride: Int
  /// Rows of a segment and of a chunk at most.
  private let segmentRows: Int
  private let chunkRows: Int
  private var held: (vectors: VectorBlock, columns: PairColumns)?
  private var chunk: (vectors: VectorBlock, columns: PairColumns)?
  private let searches: [PairSearch]

  /// Columns from which on comparing a few groups with them is worth more than one thread.
  private static let sharedColumns = 2048
  /// Groups that a thread compares with the columns before they are compared with each other.
  private static let groupsAThread = 4

  /// - Parameters:
  ///   - memory: about how many bytes vectors and columns may take; a few hundred rows are taken
  ///     in any case.
  public init(dimensions: Int, memory: Int, threads: Int, instructions: InstructionSet) {
    self.dimensions = dimensions
    self.threads = max(1, threads)
    self.instructions = instructions
    stride = VectorBlock.stride(dimensions)
    let rows = memory / Self.bytesPerRow(dimensions: dimensions, instructions: instructions)
    chunkRows = max(256, rows / 8)
    segmentRows = max(256, rows - chunkRows)
    let width = stride
    searches = (0..<max(1, threads) * (threads > 1 ? Self.groupsAThread : 1)).map { _ in
      PairSearch(stride: width, instructions: instructions)
    }
  }

  /// Bytes of memory that a row takes which is held.
  public static func bytesPerRow(dimensions: Int, instructions: InstructionSet) -> Int {
    (4 + wk_screen_element(instructions.code)) * VectorBlock.stride(dimensions) + 33
  }

  /// Pairs so far that took a canonical dot product.
  public var canonicalDots: Int { searches.reduce(0) { $0 + $1.dots } }

  /// The near duplicates among `rows`.
  ///
  /// - Parameters:
  ///   - rows: in their order, the first to be kept first; none of them faulty.
  ///   - mean: a vector of length 1 at most near to the rows' unit vectors; it changes nothing but
  ///     the time.
  ///   - afterGroups: told now and then how many rows are done; true stops.
  /// - Returns: nil when stopped.  The same for any memory, threads, instructions and mean.
  /// - Throws: what `rows` throws.
  /// - Complexity: O(n^2 * dimensions) time at most (greedy: n times the kept rows), 24 bytes a row
  ///   beside the memory; every row is read once, and again for each later segment.
  public func find<Rows: VectorSource>(
    in rows: Rows, around mean: [Float], _ criterion: DuplicateCriterion,
    afterGroups: (_ done: Int) -> Bool = { _ in false }
  ) throws(Rows.Failure) -> Duplicates? {
    precondition(rows.dimensions == dimensions && mean.count == dimensions)
    precondition(rows.count < Int(UInt32.max))
    let screen = PairScreen(mean: mean, stride: stride, instructions: instructions)
    let known = NearestEarlier(rows.count, criterion)
    for start in Swift.stride(from: 0, to: rows.count, by: segmentRows) {
      let segment = start..<min(start + segmentRows, rows.count)
      let (vectors, columns) = space(&held, min(segmentRows, rows.count))
      try rows.load(Array(segment), into: vectors, worker: 0)
      guard try compareWithEarlier(segment, vectors, rows, screen, known, afterGroups) else {
        return nil
      }
      columns.removeAll()
      var first = start
      while first < segment.upperBound {
        if afterGroups(first) { return nil }
        first = compareGroups(first, segment, vectors, columns, screen, known)
      }
    }
    return known.result()
  }

  /// Compares a segment with the columns of all earlier ones; false when stopped.
  private func compareWithEarlier<Rows: VectorSource>(
    _ segment: Range<Int>, _ vectors: VectorBlock, _ rows: Rows, _ screen: PairScreen?,
    _ known: NearestEarlier, _ afterGroups: (_ done: Int) -> Bool
  ) throws(Rows.Failure) -> Bool {
    var next = 0
    while next < segment.lowerBound {
      if afterGroups(segment.lowerBound) { return false }
      var places: [Int] = []
      while next < segment.lowerBound, places.count < chunkRows {
        if known.isColumn(next) { places.append(next) }
        next += 1
      }
      guard !places.isEmpty else { continue }
      let (others, columns) = space(&chunk, chunkRows)
      try rows.load(places, into: others, worker: 0)
      columns.removeAll()
      let search = searches[0]
      for start in Swift.stride(from: 0, to: places.count, by: search.rows.capacity) {
        let count = min(search.rows.capacity, places.count - start)
        search.rows.fill(others, firstSlot: start, firstPlace: 0, count: count, screen)
        for row in 0..<count {
          columns.append(row, of: search.rows, place: places[start + row], screen)
        }
      }
      let capacity = search.rows.capacity
      // Each worker has its search, each task its group's places.
      let searches = searches
      parallel(tasks: (segment.count + capacity - 1) / capacity, threads: threads) {
        worker, task in
        let first = task * capacity
        searches[worker].fill(
          vectors, firstSlot: first, firstPlace: segment.lowerBound + first,
          count: min(capacity, segment.count - first), screen, known)
        searches[worker].compare(vectors, columns, from: 0, in: others, screen, known)
      }
    }
    return true
  }

  /// Compares the next groups of a segment with its columns and each other; returns the place
  /// behind them.
  private func compareGroups(
    _ first: Int, _ segment: Range<Int>, _ vectors: VectorBlock, _ columns: PairColumns,
    _ screen: PairScreen?, _ known: NearestEarlier
  ) -> Int {
    let capacity = searches[0].rows.capacity
    let most = columns.count >= Self.sharedColumns ? searches.count : 1
    let groups = min(most, (segment.upperBound - first + capacity - 1) / capacity)
    let before = columns.count
    // Each task has a search and a group of its own, and nothing is appended meanwhile.
    let searches = searches
    parallel(tasks: groups, threads: threads) { _, group in
      let place = first + group * capacity
      searches[group].fill(
        vectors, firstSlot: place - segment.lowerBound, firstPlace: place,
        count: min(capacity, segment.upperBound - place), screen, known)
      searches[group].compare(vectors, columns, from: 0, in: vectors, screen, known)
    }
    for search in searches[..<groups] {
      if columns.count > before {
        search.compare(vectors, columns, from: before, in: vectors, screen, known)
      }
      search.compareWithin(vectors, columns, screen, known)
    }
    return min(segment.upperBound, first + groups * capacity)
  }

  /// Buffers for at least `capacity` rows.
  private func space(
    _ buffers: inout (vectors: VectorBlock, columns: PairColumns)?, _ capacity: Int
  ) -> (vectors: VectorBlock, columns: PairColumns) {
    if let buffers, buffers.vectors.capacity >= capacity { return buffers }
    buffers = nil
    let made = (
      vectors: VectorBlock(capacity: capacity, dimensions: dimensions),
      columns: PairColumns(capacity: capacity, stride: stride, instructions: instructions)
    )
    buffers = made
    return made
  }
}
