// Inputs must not change while a build reads them, or its parts would speak of different files.

import Foundations
import Storage
import Synchronization

/// The stamps of the inputs as they were at the start, and whether they still are.
package final class InputWatch: Sendable {
  package let paths: [String]
  package let stamps: [FileStamp]
  /// The files that are known to be what the stamps say; nil: all, this process took them itself.
  private let compared: Mutex<Set<Int>?>

  /// Above so many files at once, size and time of change have to do.
  private static let mostCompared = 64

  /// Takes the stamps of some files.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  package init(_ paths: [String], threads: Int) throws(WinnowError) {
    self.paths = paths
    compared = Mutex(nil)
    let found = Mutex([FileStamp?](repeating: nil, count: paths.count))
    try parallel(tasks: paths.count, threads: threads) { (_, place) throws(WinnowError) in
      let stamp = try FileStamp(of: paths[place])
      found.withLock { $0[place] = stamp }
    }
    stamps = found.withLock { $0.map { $0! } }
  }

  package var bytes: Int { stamps.reduce(0) { $0 + $1.state.size } }

  /// Files that another process has looked at, perhaps on another machine.
  package init(_ paths: [String], stamps: [FileStamp]) {
    self.paths = paths
    self.stamps = stamps
    compared = Mutex([])
  }

  /// SHA-256 of all files, which are still as they were at the start.
  ///
  /// - Complexity: O(bytes)
  package func digests(threads: Int) throws(WinnowError) -> [String] {
    let found = Mutex([String](repeating: "", count: paths.count))
    try parallel(tasks: paths.count, threads: threads) { (_, place) throws(WinnowError) in
      let digest = try Digest.ofFile(paths[place])
      found.withLock { $0[place] = digest }
    }
    try check(paths.indices)
    return found.withLock { $0 }
  }

  /// Checks that some of the files are as they were at the start, by size and time.
  ///
  /// - Throws: ``WinnowError`` that names the file and the difference.
  package func check(_ files: some Collection<Int>) throws(WinnowError) {
    let isThorough = files.count <= Self.mostCompared
    for file in files {
      let path = paths[file]
      if isThorough, compared.withLock({ $0?.contains(file) == false }) {
        let here = try FileStamp(of: path)
        if let text = stamps[file].difference(to: here) {
          throw .invalid(
            "\(path): expected the file that the build was recorded with, found a different one on "
              + "\(hostName()): \(text); all machines must see the same files, and they must not "
              + "change; if this file is the right one, record the build again")
        }
        compared.withLock { _ = $0?.insert(file) }
        continue
      }
      let now = try FileState(of: path)
      if let text = stamps[file].state.difference(to: now) {
        throw .invalid(
          "\(path): it changed during the build: \(text); do not change inputs during a build; "
            + "build again to redo what depends on it")
      }
    }
  }

  /// Runs a task that reads some of the files, and checks them before and after it; what fails
  /// because a file changed says so.
  package func reading<Value: Sendable>(
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
