// Inputs must not change while a build reads them, or its parts would speak of different files.

import Clustering
import Foundations
import Ingest
import Storage
import Synchronization

/// The stamps of the inputs as they were at the start, and whether they still are.
struct InputWatch: Sendable {
  let paths: [String]
  let stamps: [FileStamp]
  /// The files that were found to be what another process saw; nil where this process saw them itself.
  private let compared: Compared?

  private final class Compared: Sendable {
    let files = Mutex(Set<Int>())
  }

  /// Above so many files at once, size and time of change have to do.
  private static let mostCompared = 64

  /// Takes the stamps of some files.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  init(_ paths: [String], threads: Int) throws(WinnowError) {
    self.paths = paths
    compared = nil
    let found = Mutex([FileStamp?](repeating: nil, count: paths.count))
    try parallel(tasks: paths.count, threads: threads) { (_, place) throws(WinnowError) in
      let stamp = try FileStamp(of: paths[place])
      found.withLock { $0[place] = stamp }
    }
    stamps = found.withLock { $0.map { $0! } }
  }

  /// Files that another process has looked at, perhaps on another machine.
  init(_ paths: [String], stamps: [FileStamp]) {
    self.paths = paths
    self.stamps = stamps
    compared = Compared()
  }

  /// Sizes and digests of all files, which are still as they were at the start.
  ///
  /// - Complexity: O(bytes)
  func records(threads: Int) throws(WinnowError) -> [BuildLog.InputRecord] {
    let found = Mutex([String](repeating: "", count: paths.count))
    try parallel(tasks: paths.count, threads: threads) { (_, place) throws(WinnowError) in
      let digest = try Digest.ofFile(paths[place])
      found.withLock { $0[place] = digest }
    }
    try check(paths.indices)
    let digests = found.withLock { $0 }
    return paths.indices.map {
      .init(path: absolutePath(paths[$0]), size: stamps[$0].state.size, digest: digests[$0])
    }
  }

  /// Checks that some of the files are as they were at the start, by size and time.
  ///
  /// - Throws: ``WinnowError`` that names the file and the difference.
  func check(_ files: some Collection<Int>) throws(WinnowError) {
    let isThorough = files.count <= Self.mostCompared
    for file in files {
      let path = paths[file]
      if let compared, isThorough, compared.files.withLock({ !$0.contains(file) }) {
        let here = try FileStamp(of: path)
        if let text = stamps[file].difference(to: here) {
          throw .invalid(
            "\(path): expected the file that the build was recorded with, found another on "
              + "\(hostName()): \(text); all machines must see the same files, and they must not "
              + "change: record the build again if this one is right")
        }
        compared.files.withLock { _ = $0.insert(file) }
        continue
      }
      let now = try FileState(of: path)
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
    _ files: some Collection<Int>, _ body: () throws(WinnowError) -> Value
  ) throws(WinnowError) -> Value {
    try check(files)
    do throws(WinnowError) {
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

/// The inputs of a build.
struct WatchedInputs: Sendable {
  var shards: InputWatch
  var metadata: InputWatch
  /// The files of `--allow` and `--deny`.
  var lists: InputWatch

  /// Looks at them now.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  init(_ plan: BuildPlan) throws(WinnowError) {
    let threads = plan.parameters.threads
    shards = try InputWatch(plan.dataset.shards.map(\.path), threads: threads)
    metadata = try InputWatch(plan.metadataPaths, threads: threads)
    lists = try InputWatch(plan.parameters.filters.lists.map(\.path), threads: threads)
  }

  init(shards: InputWatch, metadata: InputWatch, lists: InputWatch) {
    (self.shards, self.metadata, self.lists) = (shards, metadata, lists)
  }
}

extension BuildPlan {
  /// The metadata files in use, in the order of the shards.
  var metadataPaths: [String] {
    dataset.columns == nil ? [] : dataset.shards.compactMap { $0.metadata?.path }
  }
}
