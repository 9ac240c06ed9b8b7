// Looking at the stages: what there is to do, what is done, and what is of no use any more.

import Foundations
import Storage

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
