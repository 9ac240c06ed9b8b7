// The parts of the members, one after another, as the workspace's arrays.

import Clustering
import Storage
import Synchronization

extension MemberParts {
  /// Writes members.npy, distances.npy and offsets.npy from the finished parts.
  ///
  /// - Parameter parts: their paths, in order.
  /// - Throws: ``WorkspaceError``, also when a part is damaged.
  /// - Complexity: O(candidates) time, a few MiB of memory.
  func join(
    _ parts: [String], to staging: StagingFiles, threads: Int, wide: Bool? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkspaceError) -> MemberTotals {
    let rowBytes = wide ?? isWide ? 8 : 4
    var headers: [MemberPartHeader] = []
    var sums = [Int128](repeating: 0, count: clusters)
    for (part, path) in parts.enumerated() {
      headers.append(try header(of: part, path, rowBytes: rowBytes, adding: &sums))
    }
    let (ends, all) = (offsets, headers)
    let failure = FirstFailure()
    parallel(tasks: 2, threads: threads) { _, task in
      do throws(WorkspaceError) {
        if task == 0 {
          try concatenate(
            parts, to: staging, "members.npy", rowBytes == 8 ? .uint64 : .uint32, isCancelled
          ) { (all[$0].rowsStart, rowBytes * Int(all[$0].count)) }
        } else {
          try concatenate(parts, to: staging, "distances.npy", .float32, isCancelled) {
            (all[$0].distancesStart, 4 * Int(all[$0].count))
          }
        }
      } catch { failure.record(error, task: task) }
    }
    try failure.rethrow()
    try staging.writeArray(
      "offsets.npy", .uint64, shape: [clusters + 1], elements: ends.map(UInt64.init))
    return MemberTotals(
      sizes: (0..<clusters).map { ends[$0 + 1] - ends[$0] }, distanceSums: sums)
  }

  /// The same into a folder of the caller's; returns the sums of the clusters' distances.
  package func join(
    _ parts: [String], in folder: String, threads: Int, wide: Bool
  ) throws(WorkspaceError) -> [Int128] {
    try join(parts, to: StagingFiles(folder: folder), threads: threads, wide: wide).distanceSums
  }

  private func header(
    of part: Int, _ path: String, rowBytes: Int, adding sums: inout [Int128]
  ) throws(WorkspaceError) -> MemberPartHeader {
    let file = try storing { () throws(StorageError) in try InputFile(path) }
    let broken = damaged(path, "it is no whole part \(part) of the members")
    guard file.size >= MemberPartHeader.size else { throw broken }
    let header = try storing { () throws(StorageError) in
      try file.elements(1, at: 0, of: MemberPartHeader.self)[0]
    }
    let positions = positions(part)
    guard header.magic == MemberPartHeader.magic, header.version == 1,
      header.rowBytes == UInt32(rowBytes), header.position == UInt64(positions.lowerBound),
      header.count == UInt64(positions.count),
      Int(header.firstCluster) + Int(header.clusters) <= clusters, file.size == header.fileSize
    else { throw broken }
    let own = try storing { () throws(StorageError) in
      try file.elements(Int(header.clusters), at: MemberPartHeader.size, of: Int128.self)
    }
    for (place, sum) in own.enumerated() { sums[Int(header.firstCluster) + place] += sum }
    return header
  }

  private func concatenate(
    _ parts: [String], to staging: StagingFiles, _ name: String, _ type: NpyType,
    _ isCancelled: () -> Bool, slice: (Int) -> (start: Int, count: Int)
  ) throws(WorkspaceError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    let path = staging.folder + "/" + name
    var output = try storing { () throws(StorageError) in
      var file = try AtomicFile(path)
      try file.write(NpyHeader.bytes(type, shape: [candidates]))
      return file
    }
    for (part, path) in parts.enumerated() {
      let (start, count) = slice(part)
      let input = try storing { () throws(StorageError) in try InputFile(path) }
      for offset in stride(from: 0, to: count, by: buffer.count) {
        if isCancelled() { throw .interrupted }
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: buffer[..<min(buffer.count, count - offset)])
        try storing { () throws(StorageError) in
          try input.readExactly(into: piece, at: start + offset)
          try output.write(UnsafeRawBufferPointer(piece))
        }
      }
    }
    staging.record(name, try storing { () throws(StorageError) in try output.commit() })
  }
}
