// The stages of a build, below stage/ of its folder: which of their results can be used again, why
// not, and what the user is told about it.

import Clustering
import Foundations
import Storage
import Synchronization

/// The folder below a workspace in the making of what only the build itself needs.
let stageFolder = "stage"

/// Opens stages, and remembers what was done before.
final class BuildStages: Sendable {
  /// What this process is for the build.
  enum Role: Sendable {
    /// It does all of it; nobody else writes to the folder.
    case owner
    /// It sees to it that all of it is done; nobody else removes anything.
    case driver(TaskEngine, needs: @Sendable (_ stage: String) -> TaskNeeds)
    /// It finds out what there is to do for others; what is of no use to them goes.
    case recorder
    /// One of many: it does some tasks of a stage.
    case worker(stage: String, choice: TaskChoice)
    /// It looks and writes nothing.
    case observer
  }

  /// The workspace in the making.
  let folder: String
  let role: Role
  private let threads: Int
  private let tell: @Sendable (String) -> Void

  private struct State {
    var counts: [(name: String, tasks: Int, before: Int)] = []
    /// The same of the tasks for other processes.
    var shares: [String: (tasks: Int, done: Int)] = [:]
    /// How many tasks were done of the stage that was to be reached.
    var reached: Int?
    var isAtTarget = false
  }
  private let state = Mutex(State())

  /// - Parameter tell: told what is used again and what is not, a line each.
  init(
    folder: String, threads: Int, role: Role = .owner, tell: @escaping @Sendable (String) -> Void
  ) {
    self.folder = folder
    self.threads = threads
    self.role = role
    self.tell = tell
  }

  /// Tasks of each stage so far, and how many of them were finished before.
  var tasks: [String: BuildLog.Tasks] {
    state.withLock { state in
      Dictionary(
        state.counts.map {
          ($0.name, BuildLog.Tasks(done: $0.tasks - $0.before, before: $0.before))
        },
        uniquingKeysWith: { $1 })
    }
  }

  /// What other processes are to do, and have done, of each stage so far.
  var shares: [String: (tasks: Int, done: Int)] { state.withLock { $0.shares } }

  /// Whether results that nobody needs any more may be removed.
  var mayRemove: Bool {
    switch role {
    case .owner, .driver, .recorder: true
    case .worker, .observer: false
    }
  }

  /// How many tasks a worker did of the stage that it is for; nil before.
  var reached: Int? { state.withLock { $0.reached } }

  /// Whether the stage that a worker is for has begun.
  var isAtTarget: Bool { state.withLock { $0.isAtTarget } }

  func reach(_ name: String, done: Int) -> WinnowError {
    state.withLock { $0.reached = done }
    return .interrupted
  }

  func missing(_ stage: Stage, _ open: [Int]) -> WinnowError {
    guard case .worker = role else { return .interrupted }
    let isOne = open.count == 1
    return .invalid(
      "stage \(stage.name): expected all \(stage.shares.count) tasks to be finished before, found "
        + "\(open.count) that \(isOne ? "is" : "are") not, the first is \(open[0]); run "
        + "\(isOne ? "it" : "them") first: winnow task run \(stage.name) \(open[0]) -o WORKSPACE")
  }

  /// What is to be done about the open tasks of a stage.
  private func work(_ name: String) -> StageWork {
    switch role {
    case .owner: return .all
    case .driver(let engine, let needs):
      let needs = needs(name)
      return .elsewhere(engine, threads: needs.threads, memory: needs.memory)
    case .worker(let target, let choice):
      guard name == target else { return .nothing }
      state.withLock { $0.isAtTarget = true }
      return .some(choice)
    case .recorder, .observer: return .nothing
    }
  }

  /// Opens a stage: results of another key go, torn ones too.
  ///
  /// - Parameters:
  ///   - results: the names of the tasks' files.
  ///   - inputNames: the paths of the key's inputs, for messages.
  ///   - shares: the tasks for other processes; nil: one for each result.
  ///   - taskPerInput: task i reads input i and no other, so that a changed one costs its own task
  ///     only.
  ///   - isWhole: whether the file at a path is a whole result.
  func open(
    _ name: String, key: StageKey, results: [String], shares: TaskShares? = nil,
    inputNames: [String] = [], taskPerInput: Bool = false,
    isWhole: @escaping @Sendable (String) -> Bool
  ) throws(WinnowError) -> Stage {
    let place = folder + "/" + stageFolder + "/" + name
    let paths = results.map { place + "/" + $0 }
    let shares = shares ?? TaskShares(results: results.count)
    let wasDone: [Bool]
    if mayRemove {
      try reset(place, name, key, results, inputNames, taskPerInput: taskPerInput)
      wasDone = wholeResults(paths, isWhole)
    } else {
      try join(place, name, key)
      wasDone = try finished(place, name, results, shares, isWhole)
    }
    let stage = Stage(
      name: name, folder: place, paths: paths, shares: shares, wasDone: wasDone, work: work(name),
      stages: self)
    let before = stage.doneBefore
    let isNew = state.withLock { state in
      defer { state.counts.append((name, paths.count, before)) }
      state.shares[name] = (shares.count, shares.count - stage.openShares.count)
      return !state.counts.contains { $0.name == name && $0.before == before }
    }
    if before > 0, mayRemove, isNew {
      tell("\(name): \(before) of \(paths.count) tasks \(before == 1 ? "was" : "were") done before")
    }
    return stage
  }

  /// Removes what is of another key.
  private func reset(
    _ place: String, _ name: String, _ key: StageKey, _ results: [String], _ inputNames: [String],
    taskPerInput: Bool
  ) throws(WinnowError) {
    if pathKind(place) == .folder {
      if let old = StageKey.read(from: place) {
        if let text = key.difference(from: old, names: inputNames) {
          tell("\(name): done again, \(text)")
          if taskPerInput, key.agreesBesideInputs(with: old) {
            let kept = Set(results.indices).subtracting(key.changedInputs(from: old))
            try remove(place, keeping: Set(kept.map { results[$0] }))
          } else {
            try remove(place, keeping: [])
          }
        }
      } else {
        try remove(place, keeping: [])
      }
    }
    try makeFolder(place, parents: true)
    try sweep(place)
    if StageKey.read(from: place) != key { try key.write(to: place) }
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
  private func join(_ place: String, _ name: String, _ key: StageKey) throws(WinnowError) {
    if let old = StageKey.read(from: place) {
      guard let text = key.difference(from: old, names: []) else { return }
      if case .observer = role { return }
      throw .invalid(
        "\(place): the stage is of another build: \(text); record this one again with winnow task "
          + "list INPUT... -o WORKSPACE")
    }
    if case .observer = role { return }
    try makeFolder(place, parents: true)
    try key.write(to: place)
  }

  /// Which results are there; whether they are whole is looked at where that may cost a task.
  private func finished(
    _ place: String, _ name: String, _ results: [String], _ shares: TaskShares,
    _ isWhole: @escaping @Sendable (String) -> Bool
  ) throws(WinnowError) -> [Bool] {
    guard pathKind(place) == .folder else {
      return [Bool](repeating: false, count: results.count)
    }
    let there = Set(try namesInFolder(place))
    var done = results.map(there.contains)
    if case .worker(name, let choice) = role {
      for task in shares.results(of: try choice.tasks(of: shares.count, name)) where done[task] {
        done[task] = isWhole(place + "/" + results[task])
      }
    }
    return done
  }

  /// The result of a stage of one task, if it is finished; the files that it made are adopted.
  ///
  /// - Parameter covers: stages that are for this one only: when it is finished, so are they.
  func result<Value: Codable & Sendable>(
    _ name: String, of _: Value.Type, key: StageKey, staging: StagingFiles, covers: [String] = [],
    inputNames: [String] = []
  ) throws(WinnowError) -> Value? {
    let (folder, threads, isThorough) = (folder, threads, mayRemove)
    let stage = try open(
      name, key: key, results: ["result.json"], inputNames: inputNames,
      isWhole: { path in
        guard let result = SealedFile.read(json: OnceResult<Value>.self, path) else { return false }
        return !isThorough || areWhole(result.files, in: folder, threads: threads)
      })
    guard stage.doneBefore > 0,
      let result = SealedFile.read(json: OnceResult<Value>.self, stage.paths[0])
    else { return nil }
    if case .worker(let target, _) = role, target == name || covers.contains(target) {
      throw reach(name, done: 0)
    }
    staging.adopt(result.files.mapValues { FileSeal(size: $0.size, digest: $0.digest) })
    return result.value
  }

  /// Runs a stage that is one task and makes files of the workspace itself; when they are all there
  /// from before, it is not run.
  ///
  /// - Parameter make: makes the files through a recorder of its own, and returns what later stages
  ///   need to know.
  func once<Value: Codable & Sendable>(
    _ name: String, key: StageKey, staging: StagingFiles, inputNames: [String] = [],
    isCancelled: @escaping @Sendable () -> Bool,
    _ make: (StagingFiles, Stage) throws(WinnowError) -> Value
  ) throws(WinnowError) -> Value {
    if let value = try result(
      name, of: Value.self, key: key, staging: staging, inputNames: inputNames)
    {
      return value
    }
    let place = folder + "/" + stageFolder + "/" + name
    let stage = Stage(
      name: name, folder: place, paths: [place + "/result.json"], shares: TaskShares(results: 1),
      wasDone: [false], work: work(name), stages: self)
    var made: Value?
    try stage.take(isCancelled: isCancelled) { (_) throws(WinnowError) in
      let own = StagingFiles(folder: staging.folder)
      let value = try make(own, stage)
      let files = own.all
      try SealedFile.write(
        json: OnceResult(
          files: files.mapValues { .init(size: $0.size, digest: $0.digest) }, value: value),
        to: stage.paths[0])
      staging.adopt(files)
      made = value
    }
    if let made { return made }
    guard let result = SealedFile.read(json: OnceResult<Value>.self, stage.paths[0]) else {
      throw damaged(stage.paths[0], "it was changed during the build")
    }
    staging.adopt(result.files.mapValues { FileSeal(size: $0.size, digest: $0.digest) })
    return result.value
  }

  /// Stages that turn out to have nothing to do.
  func leaveOut(_ names: some Sequence<String>) throws(WinnowError) {
    for name in names {
      if case .worker(name, _) = role { throw reach(name, done: 0) }
      state.withLock { $0.shares[name] = (0, 0) }
    }
  }

  /// Removes the results of stages that no other needs any more.
  func drop(_ names: String...) throws(WinnowError) {
    guard mayRemove else { return }
    for name in names {
      try removeTree(folder + "/" + stageFolder + "/" + name)
    }
  }

  /// Removes what is in a folder but for some files.
  private func remove(_ place: String, keeping kept: Set<String>) throws(WinnowError) {
    for name in try namesInFolder(place) where !kept.contains(name) {
      try removeTree(place + "/" + name)
    }
  }

  /// Removes what tasks that were killed had begun; the build holds the lock, so nobody writes.
  private func sweep(_ place: String) throws(WinnowError) {
    for name in try namesInFolder(place) where name.hasSuffix(".partial") {
      try removeTree(place + "/" + name)
    }
  }
}

extension BuildStages.Role {
  /// What runs the tasks, for build-log.json.
  var engine: String {
    switch self {
    case .owner, .recorder, .observer: "local"
    case .driver(let engine, _): engine.name
    case .worker: "tasks"
    }
  }
}

/// What a stage of one task leaves.
private struct OnceResult<Value: Codable & Sendable>: Codable, Sendable {
  var files: [String: BuildLog.File]
  var value: Value
}

/// Whether files are there with these sizes and digests.
///
/// - Complexity: O(bytes): reading a file is cheap beside making it.
private func areWhole(_ files: [String: BuildLog.File], in folder: String, threads: Int) -> Bool {
  for (name, file) in files where fileSize(folder + "/" + name) != file.size { return false }
  let names = files.keys.sorted()
  let agree = Mutex(true)
  parallel(tasks: names.count, threads: threads) { _, place in
    let digest = try? Digest.ofFile(folder + "/" + names[place])
    if digest != files[names[place]]!.digest { agree.withLock { $0 = false } }
  }
  return agree.withLock { $0 }
}
