// A stage of a build: a list of tasks, each of which leaves one file.  A task reads finished files
// and parameters only, writes under another name and is finished when that is renamed, so it can be
// done twice, by anybody, in any order; what is finished need not be done again.
//
// Threads take tasks that are small, so that none waits for another.  A process costs more than a
// thread, so what other processes are given as a task is several of these where they are small.

import Clustering
import Foundations
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
  /// Tasks for other processes.
  let shares: TaskShares
  private let wasDone: [Bool]
  private let work: StageWork
  private let stages: BuildStages

  init(
    name: String, folder: String, paths: [String], shares: TaskShares, wasDone: [Bool],
    work: StageWork, stages: BuildStages
  ) {
    self.name = name
    self.folder = folder
    self.paths = paths
    self.shares = shares
    self.wasDone = wasDone
    self.work = work
    self.stages = stages
  }

  /// Tasks that were finished before.
  var doneBefore: Int { wasDone.count { $0 } }
  /// Of the tasks for other processes, those that were not.
  var openShares: [Int] {
    (0..<shares.count).filter { shares.results(of: $0).contains { !wasDone[$0] } }
  }

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
  /// - Throws: the error of the lowest task that failed, or ``WinnowError/interrupted``.
  func run(
    threads: Int, isCancelled: @escaping @Sendable () -> Bool,
    finished: @escaping @Sendable (_ task: Int) -> Void = { _ in },
    _ body: @Sendable (_ worker: Int, _ task: Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    try take(isCancelled: isCancelled, finished: finished) { (open) throws(WinnowError) in
      try parallel(tasks: open.count, threads: threads, isCancelled: isCancelled) {
        (worker, place) throws(WinnowError) in
        try body(worker, open[place])
      }
    }
  }

  /// Gives `body` the tasks that this process shall do, if there are any; has the others done, or
  /// checks that they are.
  func take(
    isCancelled: @escaping @Sendable () -> Bool,
    finished: @escaping @Sendable (_ task: Int) -> Void = { _ in },
    _ body: (_ open: [Int]) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let open = paths.indices.filter { !wasDone[$0] }
    switch work {
    case .all:
      if !open.isEmpty { try body(open) }
    case .elsewhere(let engine, let threads, let memory):
      if open.isEmpty { return }
      let request = TaskRequest(
        stage: name, tasks: openShares, threads: threads, memory: memory)
      let (shares, wasDone) = (shares, wasDone)
      try engine.run(
        request,
        finished: { share in
          for result in shares.results(of: share) where !wasDone[result] { finished(result) }
        }, isCancelled: isCancelled)
      if let missing = open.first(where: { pathKind(paths[$0]) != .file }) {
        throw .invalid(
          "\(paths[missing]): a worker says that it has written it, found nothing; all machines need "
            + "the same file system at the same place")
      }
    case .some(let choice):
      let chosen = try choice.tasks(of: shares.count, name)
      let own = shares.results(of: chosen).filter { !wasDone[$0] }
      if !own.isEmpty { try body(own) }
      throw stages.reach(name, done: Set(openShares).intersection(chosen).count)
    case .nothing:
      if !open.isEmpty { throw stages.missing(self, openShares) }
    }
  }
}

/// How the results of a stage are shared among the tasks that other processes do: share I has results
/// I, I + count, I + 2 count and so on.
struct TaskShares: Sendable {
  /// How many tasks there are.
  let count: Int
  private let all: Int

  /// As many as keep a few processes busy, and more where there is work for more.
  private static let few = 8

  /// One for each result.
  init(results: Int) { (count, all) = (results, results) }

  /// - Parameters:
  ///   - work: rows or bytes of all results.
  ///   - each: as many of them as are worth a process.
  init(results: Int, work: Int, each: Int) {
    all = results
    count = min(results, max(Self.few, (work + each - 1) / each))
  }

  func results(of share: Int) -> StrideTo<Int> { stride(from: share, to: all, by: max(1, count)) }

  /// Ascending.
  func results(of shares: [Int]) -> [Int] { shares.flatMap { results(of: $0) }.sorted() }
}

extension TaskShares {
  // What takes a core a good part of a second; large data sets have results of that size.

  /// Of runs of an assignment, sorted runs and parts.
  static func rows(_ results: Int, rows: Int) -> TaskShares {
    TaskShares(results: results, work: rows, each: 1 << 19)
  }

  /// Of shards that are read.
  static func shards(_ results: Int, bytes: Int) -> TaskShares {
    TaskShares(results: results, work: bytes, each: 1 << 29)
  }

  /// Of groups of fine clusters.
  static func duplicates(_ results: Int, rows: Int) -> TaskShares {
    TaskShares(results: results, work: rows, each: 1 << 17)
  }
}
