// Count, mean and quantiles of every concept's values out of runs of them, some concepts at a time.  A
// concept whose values are too many is summed up piece by piece, in ascending order like any other.

import Foundations
import Storage
import Workspace

/// The values of one column in all runs.
struct ValueParts: Sendable {
  private let runs: [String]
  private let limit: Int
  /// Values of each cluster.
  private let sizes: [Int]
  /// The clusters of each task.
  private let tasks: [Range<Int>]

  /// Bytes of memory that a value takes while it is summed up.
  static let bytesPerValue = 24

  /// - Parameter limit: values that a task holds at most.
  /// - Complexity: O(runs * clusters)
  init(runs: [String], clusters: Int, limit: Int) throws(WinnowError) {
    var sizes = [Int](repeating: 0, count: clusters)
    for path in runs {
      let ends = try ValueRun(path, clusters: clusters).offsets(0..<clusters)
      for cluster in 0..<clusters { sizes[cluster] += ends[cluster + 1] - ends[cluster] }
    }
    var tasks: [Range<Int>] = []
    var (begin, filled) = (0, 0)
    for cluster in 0..<clusters {
      if cluster > begin, filled + sizes[cluster] > limit {
        tasks.append(begin..<cluster)
        (begin, filled) = (cluster, 0)
      }
      filled += sizes[cluster]
    }
    tasks.append(begin..<clusters)
    (self.runs, self.limit, self.sizes, self.tasks) = (runs, limit, sizes, tasks)
  }

  var count: Int { tasks.count }

  /// The first cluster of a task, and the summaries of its clusters.
  ///
  /// - Complexity: O(n log n) for the values of the task.
  func summaries(
    _ task: Int, isCancelled: () -> Bool
  ) throws(WinnowError) -> (first: Int, [ValueSummary]) {
    let clusters = tasks[task]
    if clusters.count == 1, sizes[clusters.lowerBound] > limit {
      return (clusters.lowerBound, [try summaryInPieces(clusters.lowerBound, isCancelled)])
    }
    var slices: [[Int]] = []
    for path in runs {
      slices.append(try ValueRun(path, clusters: sizes.count).offsets(clusters))
    }
    let total = sizes[clusters].reduce(0, +)
    let space = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * total)
    defer { space.deallocate() }
    let (values, read) = (space, space + total)
    let starts = sizes[clusters].reduce(into: [0]) { $0.append($0.last! + $1) }
    var next = starts
    for (number, ends) in slices.enumerated() {
      let places = ends[0]..<ends[clusters.count]
      if places.isEmpty { continue }
      precondition(places.count <= total)
      try ValueRun(runs[number], clusters: sizes.count).read(places, into: read)
      for place in 0..<clusters.count {
        let size = ends[place + 1] - ends[place]
        (values + next[place]).update(from: read + (ends[place] - ends[0]), count: size)
        next[place] += size
      }
    }
    var found: [ValueSummary] = []
    for place in 0..<clusters.count {
      if isCancelled() { throw .interrupted }
      var own = UnsafeMutableBufferPointer(
        start: values + starts[place], count: starts[place + 1] - starts[place])
      own.sort()
      var summing = ValueSumming(count: own.count)
      summing.add(UnsafeBufferPointer(own))
      found.append(summing.summary)
    }
    return (clusters.lowerBound, found)
  }

  private func summaryInPieces(
    _ cluster: Int, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> ValueSummary {
    let (runs, clusters) = (runs, sizes.count)
    var slices: [Range<Int>] = []
    for path in runs {
      let ends = try ValueRun(path, clusters: clusters).offsets(cluster..<cluster + 1)
      slices.append(ends[0]..<ends[1])
    }
    let cutter = RunCutter<ValueRun>(
      limit: limit,
      open: { (run) throws(WinnowError) in try ValueRun(runs[run], clusters: clusters) })
    let pieces = try cutter.parts(of: slices)
    let space = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: limit)
    defer { space.deallocate() }
    var summing = ValueSumming(count: sizes[cluster])
    var begins = slices.map(\.lowerBound)
    for piece in pieces.indices {
      if isCancelled() { throw .interrupted }
      let end = piece + 1 < pieces.count ? pieces[piece + 1].start : nil
      var count = 0
      for number in runs.indices {
        let run = try ValueRun(runs[number], clusters: clusters)
        let rest = begins[number]..<slices[number].upperBound
        let last = try end?.place(in: run, number: number, rest) ?? rest.upperBound
        precondition(last - rest.lowerBound <= limit - count)
        try run.read(rest.lowerBound..<last, into: space.baseAddress! + count)
        count += last - rest.lowerBound
        begins[number] = last
      }
      var own = UnsafeMutableBufferPointer(rebasing: space[..<count])
      own.sort()
      summing.add(UnsafeBufferPointer(own))
    }
    return summing.summary
  }
}

// The values of a column of numbers that belong to one run of the assignment, by cluster, each
// cluster's ascending.  Where values wait by row and are wanted by concept, one pass in the order of
// the rows leaves these, and nothing is looked up row by row again.
//
// The file, little endian: cluster offsets u4 (clusters + 1), then the values as u8 that order as the
// numbers do.  It is read by the process that wrote it, and goes with it.

/// A run, open for reading by `pread`.
struct ValueRun: ~Copyable, SortedRun {
  private let file: InputFile
  private let clusters: Int

  init(_ path: String, clusters: Int) throws(WinnowError) {
    file = try InputFile(path)
    self.clusters = clusters
  }

  /// Where each of some clusters begins, and where the last one ends.
  func offsets(_ range: Range<Int>) throws(WinnowError) -> [Int] {
    try file.elements(range.count + 1, at: 4 * range.lowerBound, of: UInt32.self).map(Int.init)
  }

  func read(
    _ places: Range<Int>, into target: UnsafeMutablePointer<UInt64>
  ) throws(WinnowError) {
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(start: target, count: 8 * places.count),
      at: 4 * (clusters + 1) + 8 * places.lowerBound)
  }

  func key(at place: Int) throws(WinnowError) -> UInt64 {
    var key: UInt64 = 0
    try read(place..<place + 1, into: &key)
    return key
  }

  /// Writes the values of a run's rows out of a column's file; those that are missing are left out.
  ///
  /// - Parameter start: the byte of the column's file where row 0's value is.
  /// - Complexity: O(rows log rows) time, 24 bytes of memory a row of the run.
  static func write(
    of path: String, column: borrowing InputFile, start: Int, to target: String
  ) throws(WinnowError) {
    let run = try AssignedRun(path)
    let values = try column.elements(run.rows, at: start + 8 * run.firstRow, of: Double.self)
    let rows = try run.rows(0..<run.candidates)
    let sorted = UnsafeMutablePointer<UInt64>.allocate(capacity: run.candidates)
    defer { sorted.deallocate() }
    let ends = try run.offsets(0..<run.clusters)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(ends.count)
    var count = 0
    for cluster in 0..<run.clusters {
      let begin = count
      for place in ends[cluster]..<ends[cluster + 1] {
        let value = values[Int(rows[Int(place)])]
        if value.isNaN { continue }
        sorted[count] = orderedBits(value)
        count += 1
      }
      var own = UnsafeMutableBufferPointer(start: sorted + begin, count: count - begin)
      own.sort()
      offsets.append(UInt32(count))
    }
    var file = try StageFile(target)
    try file.write(elements: offsets)
    try file.write(UnsafeBufferPointer(start: sorted, count: count))
    try file.commit()
  }
}
