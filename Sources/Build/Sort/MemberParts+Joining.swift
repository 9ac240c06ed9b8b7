// The parts of the members, one after another, as the workspace's arrays.

import Foundations
import Storage
import Tasks

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
