// Opening a stage in its folder: which results can be used again, which are removed and why.

import Foundations
import Storage
import Synchronization

extension StageGraph {
  /// Opens a stage, once.  Whoever may remove results removes those of another signature and torn
  /// ones; others only look.
  func open(_ stage: any Stage<Job>, _ job: Job) throws(WinnowError) -> OpenStage {
    if let known = state.withLock({ $0.open[stage.name] }) { return known }
    let results = try stage.results(job)
    let place = "\(folder)/\(stageFolder)/\(stage.name)"
    let signature = try stage.signature(job)
    var opened = OpenStage(
      name: stage.name, folder: place, paths: results.map { place + "/" + $0 },
      shares: stage.shares(job, results: results.count),
      isDone: [Bool](repeating: false, count: results.count))
    let check = ResultCheck(folder: folder, threads: threads, isThorough: role.mayRemove)
    if role.mayRemove {
      try reset(stage, place, signature, results, job)
      opened.isDone = wholeResults(opened.paths) { stage.isWhole($0, check) }
    } else {
      try join(place, signature)
      opened.isDone = try presentResults(opened, results) { stage.isWhole($0, check) }
    }
    let before = opened.done
    if before > 0 {
      tell(
        "\(stage.name): \(before) of \(results.count) tasks already done")
    }
    let ready = opened
    state.withLock {
      $0.open[stage.name] = ready
      $0.counts[stage.name] = (done: results.count - before, before: before)
    }
    return ready
  }

  /// Removes what is of another signature.
  private func reset(
    _ stage: any Stage<Job>, _ place: String, _ signature: StageSignature, _ results: [String],
    _ job: Job
  ) throws(WinnowError) {
    if pathKind(place) == .folder {
      if let old = StageSignature.read(from: place) {
        if let text = signature.difference(from: old, names: stage.inputs(job)?.paths ?? []) {
          tell("\(stage.name): redoing it because \(text)")
          var kept: Set<Int> = []
          if stage.hasResultPerInput, signature.agreesBesideInputs(with: old) {
            kept = Set(results.indices).subtracting(signature.changedInputs(from: old))
          }
          try remove(place, keeping: Set(kept.map { results[$0] }))
        }
      } else {
        try remove(place, keeping: [])
      }
    }
    try makeFolder(place, parents: true)
    // What killed tasks had begun; the build holds the lock, so nobody writes.
    for name in try namesInFolder(place) where name.hasSuffix(".partial") {
      try removeTree(place + "/" + name)
    }
    if StageSignature.read(from: place) != signature { try signature.write(to: place) }
  }

  private func wholeResults(
    _ paths: [String], _ isWhole: @escaping @Sendable (String) -> Bool
  ) -> [Bool] {
    let whole = Mutex([Bool](repeating: false, count: paths.count))
    parallel(tasks: paths.count, threads: threads) { _, task in
      guard pathKind(paths[task]) == .file else { return }
      if isWhole(paths[task]) {
        whole.withLock { $0[task] = true }
      } else {
        try? removeTree(paths[task])
      }
    }
    return whole.withLock { $0 }
  }

  /// Checks that a stage is that of this build; others may do the same at this moment.
  private func join(_ place: String, _ signature: StageSignature) throws(WinnowError) {
    if let old = StageSignature.read(from: place) {
      guard let text = signature.difference(from: old, names: []) else { return }
      if case .observer = role { return }
      throw .invalid(
        "\(place): the stage belongs to another build: \(text); record this build again with "
          + "winnow task list INPUT... -o WORKSPACE")
    }
    if case .observer = role { return }
    try makeFolder(place, parents: true)
    try signature.write(to: place)
  }

  /// Which results are there; a worker looks whether those of its own tasks are whole.
  private func presentResults(
    _ opened: OpenStage, _ results: [String], _ isWhole: (String) -> Bool
  ) throws(WinnowError) -> [Bool] {
    guard pathKind(opened.folder) == .folder else { return opened.isDone }
    let there = Set(try namesInFolder(opened.folder))
    var isDone = results.map(there.contains)
    if case .worker(opened.name, let choice) = role, opened.shares.count > 0 {
      let own = try choice.tasks(of: opened.shares.count, opened.name.rawValue)
      for result in opened.shares.results(of: own) where isDone[result] {
        isDone[result] = isWhole(opened.paths[result])
      }
    }
    return isDone
  }

  /// Removes the results of a stage that no other needs any more.
  package func drop(_ name: StageName) throws(WinnowError) {
    guard role.mayRemove else { return }
    try removeTree("\(folder)/\(stageFolder)/\(name)")
  }

  private func remove(_ place: String, keeping kept: Set<String>) throws(WinnowError) {
    for name in try namesInFolder(place) where !kept.contains(name) {
      try removeTree(place + "/" + name)
    }
  }
}

// Looking at the stages: what there is to do, what is done, and what is of no use any more.

extension StageGraph {
  /// The tasks of all stages, and how many of them are done.
  package func survey(_ job: Job) -> [TaskList.Stage] {
    var known: Set<StageName> = []
    var finished: Set<StageName> = []
    var list: [TaskList.Stage] = []
    for stage in stages {
      let (needs, estimate) = (stage.needs(job), stage.estimate(job))
      // A stage that this build lacks is not waited for.
      let after = stage.after(job).filter(known.contains)
      known.insert(stage.name)
      var (tasks, isExact, done) = (estimate.tasks, estimate.isExact, 0)
      if let consumer = consumer(of: stage.name, job),
        (try? open(consumer, job).isFinished) ?? false
      {
        (isExact, done) = (true, tasks)
        finished.insert(stage.name)
      } else if finished.isSuperset(of: after), let opened = try? open(stage, job) {
        (tasks, isExact) = (opened.shares.count, true)
        done = tasks - opened.openTasks.count
        if opened.isFinished { finished.insert(stage.name) }
      }
      list.append(
        TaskList.Stage(
          name: stage.name.rawValue, tasks: tasks, isExact: isExact, done: done,
          after: after.map(\.rawValue), threads: needs.threads, memory: needs.memory,
          bytes: estimate.bytes))
    }
    return list
  }

  /// Removes results that are of no use for this build, of the stages that were not opened.
  package func dropStale(_ job: Job) throws(WinnowError) {
    let seen = state.withLock { Set($0.open.keys) }
    for stage in stages where !seen.contains(stage.name) {
      let place = "\(folder)/\(stageFolder)/\(stage.name)"
      guard pathKind(place) == .folder else { continue }
      if let stored = StageSignature.read(from: place), let own = try? stage.signature(job),
        stored == own
      {
        continue
      }
      try drop(stage.name)
    }
  }

  /// How many results of a stage are there that could be used again; writes nothing.
  ///
  /// - Parameter folders: where results may be, as the `stage` folders of workspaces.
  package func reusable(
    _ stage: any Stage<Job>, in folders: [String], _ job: Job
  ) throws(WinnowError) -> Int {
    let signature = try stage.signature(job)
    for folder in folders.map({ "\($0)/\(stage.name)" }) {
      guard let old = StageSignature.read(from: folder) else { continue }
      let names = ((try? namesInFolder(folder)) ?? []).filter {
        $0.hasPrefix(stage.resultPrefix) && !$0.hasSuffix(".partial")
      }
      if old == signature { return names.count }
      if stage.hasResultPerInput, signature.agreesBesideInputs(with: old) {
        let results = try stage.results(job)
        let changed = Set(signature.changedInputs(from: old).filter(results.indices.contains))
        return names.count { name in !changed.contains { results[$0] == name } }
      }
    }
    return 0
  }
}

/// A stage in its folder, with what was finished of it before.
struct OpenStage: Sendable {
  let name: StageName
  /// Where its signature and results are.
  let folder: String
  /// The result of each task.
  let paths: [String]
  /// The tasks for other processes.
  let shares: TaskShares
  var isDone: [Bool]

  var done: Int { isDone.count { $0 } }
  var isFinished: Bool { isDone.allSatisfy { $0 } }
  var openResults: [Int] { isDone.indices.filter { !isDone[$0] } }
  /// Of the tasks for other processes, those that are not finished.
  var openTasks: [Int] {
    (0..<shares.count).filter { shares.results(of: $0).contains { !isDone[$0] } }
  }
}
