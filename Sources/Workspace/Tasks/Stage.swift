// A stage of a build: a list of tasks, each of which leaves one file.  A task reads finished files
// and parameters only, writes under another name and is finished when that is renamed, so it can be
// done twice, by anybody, in any order; what is finished need not be done again.

import Clustering
import Storage
import Synchronization

/// One stage, with what was finished of it before.
final class Stage: Sendable {
  let name: String
  /// Where its key and results are.
  let folder: String
  /// SHA-256 of its key, which later stages depend on.
  let digest: String
  /// The result of each task.
  let paths: [String]
  private let wasDone: [Bool]

  init(name: String, folder: String, digest: String, paths: [String], wasDone: [Bool]) {
    self.name = name
    self.folder = folder
    self.digest = digest
    self.paths = paths
    self.wasDone = wasDone
  }

  /// Tasks that were finished before.
  var doneBefore: Int { wasDone.count { $0 } }

  func wasDone(_ task: Int) -> Bool { wasDone[task] }

  /// Runs the tasks that are not finished on up to `threads` threads, the lowest first.
  ///
  /// - Parameter body: does one task: writes the result to its path.  It is told the worker, 0 to
  ///   `threads` - 1, which does one task at a time.
  /// - Throws: the error of the lowest task that failed, or ``WorkspaceError/interrupted``.
  func run(
    threads: Int, isCancelled: @escaping @Sendable () -> Bool,
    _ body: @Sendable (_ worker: Int, _ task: Int) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    let open = paths.indices.filter { !wasDone[$0] }
    let failure = FirstFailure()
    parallel(tasks: open.count, threads: threads) { worker, place in
      if failure.hasFailed { return }
      do throws(WorkspaceError) {
        if isCancelled() { throw .interrupted }
        try body(worker, open[place])
      } catch { failure.record(error, task: open[place]) }
    }
    try failure.rethrow()
  }
}
