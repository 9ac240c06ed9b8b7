// Inputs must not change while a build reads them, or its parts would speak of different files.

import Clustering
import Ingest
import Storage
import Synchronization

/// The stamps of the inputs as they were at the start, and whether they still are.
struct InputWatch: Sendable {
  let paths: [String]
  let stamps: [FileStamp]

  /// Takes the stamps of some files.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  init(_ paths: [String], threads: Int) throws(WorkspaceError) {
    self.paths = paths
    let failure = FirstFailure()
    let found = Mutex([FileStamp?](repeating: nil, count: paths.count))
    parallel(tasks: paths.count, threads: threads) { _, place in
      if failure.hasFailed { return }
      do throws(WorkspaceError) {
        let stamp = try storing { () throws(StorageError) in try FileStamp(of: paths[place]) }
        found.withLock { $0[place] = stamp }
      } catch { failure.record(error, task: place) }
    }
    try failure.rethrow()
    stamps = found.withLock { $0.map { $0! } }
  }

  /// Sizes and digests of all files, which are still as they were at the start.
  ///
  /// - Complexity: O(bytes)
  func records(threads: Int) throws(WorkspaceError) -> [BuildLog.InputRecord] {
    let failure = FirstFailure()
    let found = Mutex([String](repeating: "", count: paths.count))
    parallel(tasks: paths.count, threads: threads) { _, place in
      if failure.hasFailed { return }
      do throws(WorkspaceError) {
        let digest = try storing { () throws(StorageError) in try Digest.ofFile(paths[place]) }
        found.withLock { $0[place] = digest }
      } catch { failure.record(error, task: place) }
    }
    try failure.rethrow()
    try check(paths.indices)
    let digests = found.withLock { $0 }
    return paths.indices.map {
      .init(path: absolutePath(paths[$0]), size: stamps[$0].state.size, digest: digests[$0])
    }
  }

  /// Checks that some of the files are as they were at the start, by size and time.
  ///
  /// - Throws: ``WorkspaceError`` that names the file and the difference.
  func check(_ files: some Sequence<Int>) throws(WorkspaceError) {
    for file in files {
      let path = paths[file]
      let now = try storing { () throws(StorageError) in try FileState(of: path) }
      if let text = stamps[file].state.difference(to: now) {
        throw .invalid(
          "\(path): it changed during the build: \(text); leave the inputs alone and build again: "
            + "what depends on it is done again")
      }
    }
  }

  /// Runs a task that reads some of the files, and checks them before and after it; what fails
  /// because a file changed says so.
  func reading<Value: Sendable>(
    _ files: some Sequence<Int>, _ body: () throws(WorkspaceError) -> Value
  ) throws(WorkspaceError) -> Value {
    try check(files)
    do throws(WorkspaceError) {
      let value = try body()
      try check(files)
      return value
    } catch .interrupted {
      throw .interrupted
    } catch {
      try check(files)
      throw error
    }
  }
}
