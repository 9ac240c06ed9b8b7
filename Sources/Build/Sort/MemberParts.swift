// members.npy and distances.npy from the runs of the assignment, in parts of bounded size: a part is
// a range of the final order, whole clusters or a piece of one, gathered from its slice of every run
// and sorted by itself.  One after another, the parts are the arrays.

import Foundations
import Storage
import Tasks

/// How the members of all clusters are cut into parts.
package struct MemberParts: Sendable {
  /// How the runs are cut, as a stage of its own leaves it: parts would find it out anew each.
  struct Cut: Codable, Sendable {
    /// Where each cluster's members begin, and the end of the last.
    var offsets: [Int]
    var starts: [Start]
  }

  /// Where a part begins.
  struct Start: Codable, Sendable {
    var cluster: Int
    /// Within the cluster; nil at its first entry.
    var cut: RunCut<UInt32>?
    /// The same, among all members.
    var position: Int
  }

  let runs: [String]
  /// Rows of the data set, candidates or not.
  let rows: Int
  let cut: Cut
  /// Where each cluster's members begin, and the end of the last.
  package var offsets: [Int] { cut.offsets }
  private var starts: [Start] { cut.starts }

  /// Bytes of memory that an entry of a part takes while the part is made.
  package static let bytesPerEntry = 40

  /// Entries of a part: some parts for each of a few threads, as large as `memory` allows where the
  /// rows are many, because the slices of its runs are then read in larger pieces.
  ///
  /// - Parameter memory: bytes that a part may take.
  package static func partEntries(rows: Int, memory: Int) -> Int {
    let most = max(1 << 10, memory / bytesPerEntry)
    return min(most, max(1 << 16, (rows + 15) / 16))
  }

  package var clusters: Int { offsets.count - 1 }
  package var candidates: Int { offsets[clusters] }
  package var count: Int { starts.count }

  package func positions(_ part: Int) -> Range<Int> {
    starts[part].position..<(part + 1 < count ? starts[part + 1].position : candidates)
  }

  /// Where a part begins, and where the next one does.
  func bounds(_ part: Int) -> (Start, Start) {
    let end = Start(cluster: clusters, cut: nil, position: candidates)
    return (starts[part], part + 1 < count ? starts[part + 1] : end)
  }
}

extension MemberParts {
  /// Looks at every run's cluster offsets, and cuts what is larger than a part.
  ///
  /// - Parameters:
  ///   - runs: paths of the runs of all rows, in the order of the rows.
  ///   - limit: entries of a part at most.
  /// - Throws: ``WinnowError`` when a run is damaged or does not follow the one before it.
  /// - Complexity: O(runs * clusters) time, O(clusters + runs + parts) memory.
  package init(
    runs: [String], rows: Int, clusters: Int, limit: Int
  ) throws(WinnowError) {
    precondition(limit >= 1)
    var offsets = [Int](repeating: 0, count: clusters + 1)
    var next = 0
    for path in runs {
      let run = try AssignedRun(path)
      guard run.firstRow == next, run.clusters == clusters else {
        throw damaged(
          path,
          "expected a run of \(clusters) clusters from row \(next) on, found "
            + "\(run.clusters) from row \(run.firstRow) on")
      }
      next += run.rows
      let ends = try run.offsets(0..<clusters)
      for cluster in 0..<clusters { offsets[cluster + 1] += Int(ends[cluster + 1] - ends[cluster]) }
    }
    guard next == rows else {
      throw damaged(runs.last ?? "stage", "expected runs of \(rows) rows, found \(next)")
    }
    for cluster in 0..<clusters { offsets[cluster + 1] += offsets[cluster] }
    self.runs = runs
    self.rows = rows
    var starts: [Start] = []
    var filled = limit
    for cluster in 0..<clusters {
      let size = offsets[cluster + 1] - offsets[cluster]
      if size == 0 { continue }
      if filled + size > limit {
        starts.append(Start(cluster: cluster, cut: nil, position: offsets[cluster]))
        filled = 0
      }
      filled += size
      guard size > limit else { continue }
      var position = offsets[cluster]
      for (number, part) in try Self.cut(cluster, runs, limit).enumerated() {
        if number > 0 {
          starts.append(Start(cluster: cluster, cut: part.start, position: position))
        }
        position += part.count
        filled = part.count
      }
    }
    cut = Cut(offsets: offsets, starts: starts)
  }

  private static func cut(
    _ cluster: Int, _ runs: [String], _ limit: Int
  ) throws(WinnowError) -> [(start: RunCut<UInt32>?, count: Int)] {
    var slices: [Range<Int>] = []
    for path in runs { slices.append(try AssignedRun(path).places(of: cluster)) }
    let cutter = RunCutter<AssignedRun>(
      limit: limit,
      open: { (run) throws(WinnowError) in try AssignedRun(runs[run]) })
    return try cutter.parts(of: slices)
  }
}

extension MemberParts {
  /// Writes members.npy, distances.npy and offsets.npy from the finished parts.
  ///
  /// - Parameter parts: their paths, in order.
  /// - Throws: ``WinnowError``, also when a part is damaged.
  /// - Complexity: O(candidates) time, a few MiB of memory.
  package func join(
    _ parts: [String], to staging: StagingFiles, threads: Int, wide: Bool? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WinnowError) -> MemberTotals {
    let rowBytes = wide ?? isWide ? 8 : 4
    var headers: [MemberPartHeader] = []
    var sums = [Int128](repeating: 0, count: clusters)
    for (part, path) in parts.enumerated() {
      headers.append(try header(of: part, path, rowBytes: rowBytes, adding: &sums))
    }
    let ends = offsets
    let pieces = [
      zip(parts, headers).map { ($0, $1.rowsStart, rowBytes * Int($1.count)) },
      zip(parts, headers).map { ($0, $1.distancesStart, 4 * Int($1.count)) },
    ]
    try parallel(tasks: 2, threads: threads, isCancelled: isCancelled) {
      (_, task) throws(WinnowError) in
      let name = ["members.npy", "distances.npy"][task]
      let type = [rowBytes == 8 ? NpyType.uint64 : .uint32, .float32][task]
      staging.record(
        name,
        try joinFiles(
          pieces[task], to: staging.folder + "/" + name, type, shape: [ends[clusters]],
          isCancelled))
    }
    try staging.writeArray(
      "offsets.npy", .uint64, shape: [clusters + 1], elements: ends.map(UInt64.init))
    return MemberTotals(
      sizes: (0..<clusters).map { ends[$0 + 1] - ends[$0] }, distanceSums: sums)
  }

  private func header(
    of part: Int, _ path: String, rowBytes: Int, adding sums: inout [Int128]
  ) throws(WinnowError) -> MemberPartHeader {
    let file = try InputFile(path)
    let broken = damaged(path, "it is not a complete part \(part) of the members")
    let positions = positions(part)
    guard let header = try MemberPartHeader.read(file), header.version == 1,
      header.rowBytes == UInt32(rowBytes), header.position == UInt64(positions.lowerBound),
      header.count == UInt64(positions.count),
      Int(header.firstCluster) + Int(header.clusters) <= clusters, file.size == header.fileSize
    else { throw broken }
    let own = try file.elements(Int(header.clusters), at: MemberPartHeader.size, of: Int128.self)
    for (place, sum) in own.enumerated() { sums[Int(header.firstCluster) + place] += sum }
    return header
  }
}
