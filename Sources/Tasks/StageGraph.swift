// The stages of a build in their order, and the one walk through them: the owner and the driver do
// every stage, a worker does some tasks of one, a list or a dry run only looks.
//
// Stages know each other by name.  What a stage needs of another it reads from that one's finished
// files, here kept after the first reading.

import Foundations
import Storage
import Synchronization

/// A build's stages in a folder.
package final class StageGraph<Job: Sendable>: Sendable {
  /// The stages of this build, in an order in which they can be done.
  package let stages: [any Stage<Job>]
  /// The steps that people see of any build, in their order.
  package let steps: [StageName]
  /// The workspace in the making.
  package let folder: String
  package let role: TaskRole
  package let threads: Int
  package let observer: BuildObserver

  struct State {
    var open: [StageName: OpenStage] = [:]
    var values: [StageName: any Sendable] = [:]
    var digests: [StageName: String] = [:]
    var counts: [StageName: (done: Int, before: Int)] = [:]
    var seconds: [String: Double] = [:]
    var background: BackgroundStage?
    /// For each stage whose results go when another is finished: that one.  Made when first asked for.
    var consumers: [StageName: StageName]?
  }
  let state = Mutex(State())

  /// - Parameters:
  ///   - stages: a stage stands behind those that it comes after.
  ///   - observer: what is told and asked while stages run.
  package init(
    _ stages: [any Stage<Job>], steps: [StageName], folder: String, role: TaskRole, threads: Int,
    observer: BuildObserver
  ) {
    self.stages = stages
    byName = Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0) })
    self.steps = steps
    self.folder = folder
    self.role = role
    self.threads = threads
    self.observer = observer
  }

  private let byName: [StageName: any Stage<Job>]

  func stage(_ name: StageName) -> (any Stage<Job>)? { byName[name] }

  /// The stage that removes the results of `name` when it is finished.
  func consumer(of name: StageName, _ job: Job) -> (any Stage<Job>)? {
    if let known = state.withLock({ $0.consumers }) { return known[name].flatMap { stage($0) } }
    var consumers: [StageName: StageName] = [:]
    for stage in stages { for name in stage.consumes(job) { consumers[name] = stage.name } }
    let ready = consumers
    state.withLock { $0.consumers = ready }
    return ready[name].flatMap { stage($0) }
  }

  /// Tells people something; a process that does tasks of others has nothing to say.
  package func tell(_ text: String) { if role.mayRemove { observer.message(text) } }

  package func report(_ step: StageName, done: Int, total: Int, unit: String) {
    guard let index = steps.firstIndex(of: step) else {
      preconditionFailure("\(step) is none of the steps that people see: add it to them")
    }
    observer.progress(
      BuildProgress(
        stage: step, number: index + 1, stages: steps.count, done: done, total: total, unit: unit))
  }

  // MARK: Results

  /// The digest of a stage's signature; nil where this build has no such stage.
  package func digest(of name: StageName, _ job: Job) throws(WinnowError) -> String? {
    if let known = state.withLock({ $0.digests[name] }) { return known }
    guard let stage = stage(name) else { return nil }
    let digest = try stage.signature(job).digest()
    state.withLock { $0.digests[name] = digest }
    return digest
  }

  /// What a finished stage of one task left for later ones.
  package func value<S: SingleStage>(of stage: S) throws(WinnowError) -> S.Value
  where S.Job == Job {
    if let known = state.withLock({ $0.values[stage.name] as? S.Value }) { return known }
    let path = "\(folder)/\(stageFolder)/\(stage.name)/\(SingleResultFile.name)"
    let result = try SealedFile.require(json: SingleResult<S.Value>.self, path)
    state.withLock { $0.values[stage.name] = result.value }
    return result.value
  }

  /// The result files of a stage whose tasks are finished.
  package func paths(of name: StageName, _ job: Job) throws(WinnowError) -> [String] {
    guard let stage = stage(name) else { return [] }
    return try stage.results(job).map { "\(folder)/\(stageFolder)/\(name)/\($0)" }
  }

  /// Every file of the workspace that finished stages made: its name, size and SHA-256.
  package func files(_ job: Job) throws(WinnowError) -> [String: FileSeal] {
    var files: [String: FileSeal] = [:]
    for stage in stages {
      guard stage is any SingleStage<Job>, consumer(of: stage.name, job) == nil else { continue }
      let path = "\(folder)/\(stageFolder)/\(stage.name)/\(SingleResultFile.name)"
      let own = try SealedFile.require(json: SingleFiles.self, path)
      files.merge(own.files.filter { !$0.key.hasPrefix(stageFolder + "/") }) { $1 }
    }
    return files
  }

  /// Tasks of each stage so far, and how many of them were finished before.
  package var counts: [StageName: (done: Int, before: Int)] { state.withLock { $0.counts } }

  package var seconds: [String: Double] { state.withLock { $0.seconds } }

  // MARK: A stage in the background

  /// The stage that was begun beside others, if it is this one.
  private func background(_ name: StageName) -> BackgroundStage? {
    state.withLock { $0.background }.flatMap { $0.name == name ? $0 : nil }
  }

  /// Whether a stage still runs beside others, and whether one that did failed.
  package func isRunning(_ name: StageName) -> Bool { background(name)?.isOver == false }
  package func hasFailed(_ name: StageName) -> Bool { background(name)?.hasFailed == true }

  /// Waits for a stage that runs beside others.
  ///
  /// - Throws: what it failed with.
  package func wait(for name: StageName) throws(WinnowError) { try background(name)?.finish() }

  // MARK: Walking

  /// Does every stage whose tasks are not finished, or has an engine do them.
  ///
  /// - Parameter last: the stage to get to, with those that it comes after; nil: all.
  package func run(_ job: Job, upTo last: StageName? = nil) throws(WinnowError) {
    let wanted = last.map { ancestors(of: $0, job) }
    // Whatever happens, nothing writes to the folder afterwards.
    defer { state.withLock { $0.background }?.wait() }
    do throws(WinnowError) {
      for stage in stages where wanted?.contains(stage.name) ?? true { try run(stage, job) }
      try state.withLock { $0.background }?.finish()
    } catch {
      // A stage in the background is the earlier one, and so are its errors.
      if !observer.isCancelled() { try state.withLock { $0.background }?.finish() }
      throw error
    }
  }

  private func ancestors(of name: StageName, _ job: Job) -> Set<StageName> {
    var names: Set<StageName> = [name]
    for stage in stages.reversed() where names.contains(stage.name) {
      names.formUnion(stage.after(job))
    }
    return names
  }

  private func run(_ stage: any Stage<Job>, _ job: Job) throws(WinnowError) {
    if let consumer = consumer(of: stage.name, job), try open(consumer, job).isFinished { return }
    try settleBackground(before: stage.name, job)
    let start = ContinuousClock.now
    let opened = try open(stage, job)
    let meter = try meter(stage, opened, job)
    if role.isOwner, let next = stage.mayOverlap(job), self.stage(next) != nil,
      !opened.isFinished, opened.openResults.count < threads
    {
      let extra = opened.openResults.count
      let background = BackgroundStage(stage.name, threads: extra) {
        [self] () throws(WinnowError) in
        try perform(stage, opened, job, threads: threads + extra, meter)
        try stage.conclude(job)
      }
      return state.withLock { $0.background = background }
    }
    if !opened.isFinished { try perform(stage, opened, job, threads: threads, meter) }
    try stage.conclude(job)
    if stage is any SingleStage<Job>, let unit = stage.unit(job) {
      let total = try stage.units(job)[0]
      report(stage.step, done: total, total: total, unit: unit)
    }
    for name in stage.consumes(job) { try drop(name) }
    addTime(stage.step, ContinuousClock.now - start)
  }

  /// Waits for the stage in the background unless it may go on beside `next`.
  private func settleBackground(before next: StageName, _ job: Job) throws(WinnowError) {
    guard let running = state.withLock({ $0.background }) else { return }
    if stage(running.name)?.mayOverlap(job) == next { return }
    try running.finish()
    addTime(stage(running.name)!.step, running.duration)
    state.withLock { $0.background = nil }
  }

  private func addTime(_ step: StageName, _ duration: Duration) {
    state.withLock { $0.seconds[step.rawValue, default: 0] += duration / .seconds(1) }
  }

  private func meter(
    _ stage: any Stage<Job>, _ opened: OpenStage, _ job: Job
  ) throws(WinnowError) -> UnitMeter? {
    // A stage of one task reports by itself.
    guard let unit = stage.unit(job), !(stage is any SingleStage<Job>) else { return nil }
    let units = try stage.units(job)
    let meter = UnitMeter(units: units) { [self] done, total in
      report(stage.step, done: done, total: total, unit: unit)
    }
    meter.add(opened.isDone.indices.reduce(0) { $0 + (opened.isDone[$1] ? units[$1] : 0) })
    return meter
  }

  /// Does the tasks of a stage that are not finished, or has an engine do them.
  private func perform(
    _ stage: any Stage<Job>, _ opened: OpenStage, _ job: Job, threads: Int, _ meter: UnitMeter?
  ) throws(WinnowError) {
    if case .driver(let engine) = role {
      let needs = stage.needs(job)
      let request = TaskRequest(
        stage: stage.name.rawValue, tasks: opened.openTasks, threads: needs.threads,
        memory: needs.memory)
      try engine.run(
        request,
        finished: { task in
          for result in opened.shares.results(of: task) where !opened.isDone[result] {
            meter?.add(meter?.units[result] ?? 0)
          }
        }, isCancelled: observer.isCancelled)
      if let missing = opened.openResults.first(where: { pathKind(opened.paths[$0]) != .file }) {
        throw .invalid(
          "\(opened.paths[missing]): expected the file that a worker reported as written, found "
            + "nothing; all machines need the same file system at the same path")
      }
    } else {
      try stage.perform(
        opened.openResults, job, run(of: opened, threads: threads, meter))
    }
    state.withLock { $0.open[opened.name]?.isDone = opened.isDone.map { _ in true } }
  }

  func run(of opened: OpenStage, threads: Int, _ meter: UnitMeter?) -> StageRun {
    StageRun(
      paths: opened.paths, folder: opened.folder, files: StagingFiles(folder: folder),
      threads: threads, isCancelled: observer.isCancelled, progress: { meter?.add($0) })
  }

  // MARK: A worker

  /// Does some tasks of one stage; those that are finished are not done again.
  ///
  /// - Returns: how many tasks it did.
  /// - Throws: ``WinnowError``, also when a stage that comes before is not finished.
  package func run(
    _ choice: TaskChoice, of name: StageName, _ job: Job
  ) throws(WinnowError) -> Int {
    guard let stage = stage(name) else {
      throw .invalid(
        "stage \(name): this build has no such stage; winnow task list -o WORKSPACE prints the "
          + "stages"
      )
    }
    if let consumer = consumer(of: name, job), try open(consumer, job).isFinished { return 0 }
    for earlier in stage.after(job) { try require(earlier, job) }
    let opened = try open(stage, job)
    if opened.shares.count == 0 { return 0 }
    let chosen = try choice.tasks(of: opened.shares.count, name.rawValue)
    let tasks = opened.shares.results(of: chosen).filter { !opened.isDone[$0] }
    if !tasks.isEmpty {
      let meter = try meter(stage, opened, job)
      try stage.perform(tasks, job, run(of: opened, threads: threads, meter))
    }
    return Set(opened.openTasks).intersection(chosen).count
  }

  /// Checks that every stage is finished and its results are sound.
  package func requireAll(_ job: Job) throws(WinnowError) {
    for stage in stages {
      try require(stage.name, job)
      try stage.conclude(job)
    }
  }

  /// Checks that a stage is finished.  One that is was preceded by all that it comes after, so only
  /// where it is not are those looked at: the first that is missing is named.
  private func require(_ name: StageName, _ job: Job) throws(WinnowError) {
    guard let stage = stage(name) else { return }
    if let consumer = consumer(of: name, job), try open(consumer, job).isFinished { return }
    if !stage.resultsDependOnEarlierStages, try open(stage, job).isFinished { return }
    for earlier in stage.after(job) { try require(earlier, job) }
    let opened = try open(stage, job)
    let tasks = opened.openTasks
    guard let first = tasks.first else { return }
    let isOne = tasks.count == 1
    throw .invalid(
      "stage \(name): expected all \(opened.shares.count) tasks to be finished, found "
        + "\(tasks.count) unfinished (\(isOne ? "task" : "the first is task") \(first)); run "
        + "\(isOne ? "it" : "them") first: winnow task run \(name) \(first) -o WORKSPACE")
  }
}

/// Counts the units of a stage that are done, and tells of it; any thread may add.
final class UnitMeter: Sendable {
  /// The units of each result.
  let units: [Int]
  private let total: Int
  private let report: @Sendable (_ done: Int, _ total: Int) -> Void
  private let done = Mutex(0)

  init(units: [Int], _ report: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
    self.units = units
    total = units.reduce(0, +)
    self.report = report
  }

  func add(_ units: Int) {
    done.withLock {
      $0 += units
      report($0, total)
    }
  }
}
