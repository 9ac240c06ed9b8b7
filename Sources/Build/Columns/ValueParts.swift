// Count, mean and quantiles of every concept's values out of runs of them, some concepts at a time.  A
// concept whose values are too many is summed up piece by piece, in ascending order like any other.

import Foundations
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
