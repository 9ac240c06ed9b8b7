// A stage of a build as a value: what its results follow from, its tasks, what a task takes, and the
// function that does them.  Whoever walks the stages (one process, an engine, a worker, a list, a dry
// run) reads the same value; see StageGraph.
//
// A task reads finished files and parameters only, writes under another name and is finished when
// its file is renamed.  So it can be done twice, by anybody, in any order, and what is finished
// need not be done again.

import Foundations
import Storage
import Synchronization

/// A stage: a list of tasks, each of which leaves one file.
///
/// `Job` is what a build gives its stages: parameters, inputs, and the results of other stages.
package protocol Stage<Job>: Sendable {
  associatedtype Job: Sendable

  var name: StageName { get }
  /// The name under which progress, times and forecasts show it; several stages may share one.
  var step: StageName { get }
  /// The stages that must be finished before any of its tasks; those that this build lacks are
  /// ignored.
  func after(_ job: Job) -> [StageName]
  /// Stages whose results nobody reads once this one is finished; they are removed then.
  func consumes(_ job: Job) -> [StageName]
  /// What its results follow from.
  func signature(_ job: Job) throws(WinnowError) -> StageSignature
  /// The files that its signature has stamps of; nil: none.
  func inputs(_ job: Job) -> InputWatch?
  /// Whether result I follows from input I and no other, so that a changed input costs one task.
  var hasResultPerInput: Bool { get }

  /// What the names of result files begin with.
  var resultPrefix: String { get }
  /// The names of the result files, one per task.
  func results(_ job: Job) throws(WinnowError) -> [String]
  /// Whether ``results(_:)`` or ``signature(_:)`` reads results of the stages before, and so cannot be
  /// asked until those are finished.
  var resultsDependOnEarlierStages: Bool { get }
  /// How other processes share the results.
  func shares(_ job: Job, results: Int) -> TaskShares
  /// Whether the file at a path is a whole result.
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool

  /// What is counted while it runs: `rows`, `rounds`, `concepts`; nil: it shows no progress.
  func unit(_ job: Job) -> String?
  /// How many of them each result stands for.
  func units(_ job: Job) throws(WinnowError) -> [Int]

  /// What one task takes in a process of its own.
  func needs(_ job: Job) -> TaskNeeds
  /// How much there is to do, before anything is known but the shape of the data.
  func estimate(_ job: Job) -> TaskEstimate
  /// The stage that may begin while this one still runs on fewer threads than there are; nil: none.
  func mayOverlap(_ job: Job) -> StageName?

  /// Does some tasks: writes `run.paths[task]` for each.
  func perform(_ tasks: [Int], _ job: Job, _ run: StageRun) throws(WinnowError)
  /// Checks the results when all tasks are finished, and says what came of them.
  func conclude(_ job: Job) throws(WinnowError)
}

extension Stage {
  package var step: StageName { name }
  package func consumes(_ job: Job) -> [StageName] { [] }
  package func inputs(_ job: Job) -> InputWatch? { nil }
  package var hasResultPerInput: Bool { false }
  package var resultsDependOnEarlierStages: Bool { false }
  package func shares(_ job: Job, results: Int) -> TaskShares { TaskShares(results: results) }
  package func isWhole(_ path: String, _ check: ResultCheck) -> Bool {
    SealedFile.read(path) != nil
  }
  package func unit(_ job: Job) -> String? { nil }
  package func units(_ job: Job) throws(WinnowError) -> [Int] { [] }
  package func mayOverlap(_ job: Job) -> StageName? { nil }
  package func conclude(_ job: Job) throws(WinnowError) {}
}

/// How thoroughly results are looked at that were there before.
package struct ResultCheck: Sendable {
  /// The workspace in the making.
  package let folder: String
  package let threads: Int
  /// Whether files of the workspace are read again, too.
  package let isThorough: Bool
}

/// What a process gives a stage whose tasks it does.
package struct StageRun: Sendable {
  /// The path of each result.
  package let paths: [String]
  /// The stage's folder.
  package let folder: String
  /// Writes files of the workspace in the making, and remembers what they hold.
  package let files: StagingFiles
  /// Threads that the tasks may use together.
  package let threads: Int
  package var isCancelled: @Sendable () -> Bool
  /// Told how many more units are done.
  package let progress: @Sendable (_ units: Int) -> Void

  /// Runs tasks on up to `threads` threads, the lowest first.
  ///
  /// - Parameter body: does one task.  It is told its worker, from 0 to `threads` - 1; a worker does
  ///   one task at a time.
  /// - Throws: the error of the lowest task that failed, or ``WinnowError/interrupted``.
  package func inParallel(
    _ tasks: [Int], threads: Int? = nil,
    _ body: @Sendable (_ worker: Int, _ task: Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    try parallel(
      tasks: tasks.count, threads: threads ?? self.threads, isCancelled: isCancelled
    ) { (worker, index) throws(WinnowError) in try body(worker, tasks[index]) }
  }
}

/// How much a stage has to do.
package struct TaskEstimate: Sendable {
  /// Tasks for other processes.
  package var tasks: Int
  /// Whether there are just so many.
  package var isExact: Bool
  /// Bytes that all tasks together read and write, about.
  package var bytes: Int

  package init(tasks: Int, isExact: Bool = true, bytes: Int) {
    self.tasks = tasks
    self.isExact = isExact
    self.bytes = bytes
  }
}

// A stage of one task, which makes files of the workspace itself.  Its result lists them with size and
// SHA-256, and holds what later stages need to know.

package protocol SingleStage<Job>: Stage {
  associatedtype Value: Codable & Sendable

  /// Bytes that it reads and writes, about.
  func bytes(_ job: Job) -> Int
  /// Makes the files, and returns what later stages need to know.
  func make(_ job: Job, _ run: StageRun) throws(WinnowError) -> Value
}

/// The file that a stage of one task leaves.
package enum SingleResultFile {
  package static let name = "result.json"
}

/// What a stage of one task leaves.
struct SingleResult<Value: Codable & Sendable>: Codable, Sendable {
  /// Files below the workspace in the making, by their names.
  var files: [String: FileSeal]
  var value: Value
}

struct SingleFiles: Decodable {
  var files: [String: FileSeal]
}

extension SingleStage {
  package var resultPrefix: String { "result" }
  package func results(_ job: Job) -> [String] { [SingleResultFile.name] }
  package func estimate(_ job: Job) -> TaskEstimate { TaskEstimate(tasks: 1, bytes: bytes(job)) }

  package func isWhole(_ path: String, _ check: ResultCheck) -> Bool {
    guard let result = SealedFile.read(json: SingleResult<Value>.self, path) else { return false }
    return !check.isThorough || check.areWhole(result.files)
  }

  package func perform(_ tasks: [Int], _ job: Job, _ run: StageRun) throws(WinnowError) {
    let value = try make(job, run)
    try SealedFile.write(json: SingleResult(files: run.files.all, value: value), to: run.paths[0])
  }
}

extension ResultCheck {
  /// Whether files are there with these sizes and digests.
  ///
  /// - Complexity: O(bytes): reading a file is cheap beside making it.
  fileprivate func areWhole(_ files: [String: FileSeal]) -> Bool {
    for (name, file) in files where fileSize(folder + "/" + name) != file.size { return false }
    let names = files.keys.sorted()
    let agree = Mutex(true)
    parallel(tasks: names.count, threads: threads) { _, task in
      let digest = try? Digest.ofFile(folder + "/" + names[task])
      if digest != files[names[task]]!.digest { agree.withLock { $0 = false } }
    }
    return agree.withLock { $0 }
  }
}
