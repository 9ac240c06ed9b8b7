// A stage of a build: a list of tasks, each of which leaves one file.  A task reads finished files
// and parameters only, writes under another name and is finished when that is renamed, so it can be
// done twice, by anybody, in any order; what is finished need not be done again.

import Clustering
import Storage
import Synchronization

/// What a process does about the tasks of a stage that are not finished.
enum StageWork: Sendable {
  /// Does all of them.
  case all
  /// Has all of them done.
  case elsewhere(TaskEngine, threads: Int, memory: Int)
  /// Does some of them, and nothing after them.
  case some(TaskChoice)
  /// Nothing: they have to be finished.
  case nothing
}

/// One stage, with what was finished of it before.
final class Stage: Sendable {
  let name: String
  /// Where its key and results are.
  let folder: String
  /// The result of each task.
  let paths: [String]
  private let wasDone: [Bool]
  private let work: StageWork
  private let stages: BuildStages

  init(
    name: String, folder: String, paths: [String], wasDone: [Bool], work: StageWork,
    stages: BuildStages
  ) {
    self.name = name
    self.folder = folder
    self.paths = paths
    self.wasDone = wasDone
    self.work = work
    self.stages = stages
  }

  /// Tasks that were finished before.
  var doneBefore: Int { wasDone.count { $0 } }

  func wasDone(_ task: Int) -> Bool { wasDone[task] }

  /// Whether this process may remove what it finds wrong.
  var mayRemove: Bool { stages.mayRemove }

  /// Runs the tasks that are not finished on up to `threads` threads, the lowest first, or has them
  /// run, as the build's stages are told.
  ///
  /// - Parameters:
  ///   - finished: told each task that another process has finished.
  ///   - body: does one task: writes the result to its path.  It is told the worker, 0 to
  ///     `threads` - 1, which does one task at a time.
  /// - Throws: the error of the lowest task that failed, or ``WorkspaceError/interrupted``.
  func run(
    threads: Int, isCancelled: @escaping @Sendable () -> Bool,
    finished: @escaping @Sendable (_ task: Int) -> Void = { _ in },
    _ body: @Sendable (_ worker: Int, _ task: Int) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    try take(isCancelled: isCancelled, finished: finished) { (open) throws(WorkspaceError) in
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

  /// Gives `body` the tasks that this process shall do, if there are any; has the others done, or
  /// checks that they are.
  func take(
    isCancelled: @escaping @Sendable () -> Bool,
    finished: @escaping @Sendable (_ task: Int) -> Void = { _ in },
    _ body: (_ open: [Int]) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    let open = paths.indices.filter { !wasDone[$0] }
    switch work {
    case .all:
      if !open.isEmpty { try body(open) }
    case .elsewhere(let engine, let threads, let memory):
      if open.isEmpty { return }
      let request = TaskRequest(stage: name, tasks: open, threads: threads, memory: memory)
      try engine.run(request, finished: finished, isCancelled: isCancelled)
      if let missing = open.first(where: { pathKind(paths[$0]) != .file }) {
        throw .invalid(
          "\(paths[missing]): a worker says that it has written it, found nothing; all machines need "
            + "the same file system at the same place")
      }
    case .some(let choice):
      let own = try choice.tasks(of: paths.count, name).filter { !wasDone[$0] }
      if !own.isEmpty { try body(own) }
      throw stages.reach(name, done: own.count)
    case .nothing:
      if let first = open.first { throw stages.missing(self, open.count, first) }
    }
  }
}
