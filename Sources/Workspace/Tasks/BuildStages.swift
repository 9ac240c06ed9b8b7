// The stages of a build, below stage/ of its folder: which of their results can be used again, why
// not, and what the user is told about it.

import Clustering
import Storage
import Synchronization

/// The folder below a workspace in the making of what only the build itself needs.
let stageFolder = "stage"

/// Opens stages, and remembers what was done before.
final class BuildStages: Sendable {
  /// The workspace in the making.
  let folder: String
  private let threads: Int
  private let tell: @Sendable (String) -> Void
  private let counts = Mutex<[(name: String, tasks: Int, before: Int)]>([])

  /// - Parameter tell: told what is used again and what is not, a line each.
  init(folder: String, threads: Int, tell: @escaping @Sendable (String) -> Void) {
    self.folder = folder
    self.threads = threads
    self.tell = tell
  }

  /// Tasks of each stage so far, and how many of them were finished before.
  var tasks: [String: BuildLog.Tasks] {
    counts.withLock { counts in
      Dictionary(
        counts.map { ($0.name, BuildLog.Tasks(done: $0.tasks - $0.before, before: $0.before)) },
        uniquingKeysWith: { $1 })
    }
  }

  /// Opens a stage: results of another key go, torn ones too.
  ///
  /// - Parameters:
  ///   - results: the names of the tasks' files.
  ///   - inputNames: the paths of the key's inputs, for messages.
  ///   - taskPerInput: task i reads input i and no other, so that a changed one costs its own task
  ///     only.
  ///   - isWhole: whether the file at a path is a whole result.
  func open(
    _ name: String, key: StageKey, results: [String], inputNames: [String] = [],
    taskPerInput: Bool = false, isWhole: @escaping @Sendable (String) -> Bool
  ) throws(WorkspaceError) -> Stage {
    let place = folder + "/" + stageFolder + "/" + name
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
    try storing { () throws(StorageError) in try makeFolder(place, parents: true) }
    try sweep(place)
    if StageKey.read(from: place) != key { try key.write(to: place) }
    let paths = results.map { place + "/" + $0 }
    let whole = Mutex([Bool](repeating: false, count: paths.count))
    parallel(tasks: paths.count, threads: threads) { _, task in
      guard pathKind(paths[task]) == .file else { return }
      if isWhole(paths[task]) {
        whole.withLock { $0[task] = true }
      } else {
        try? removeTree(paths[task])
      }
    }
    let stage = Stage(
      name: name, folder: place, digest: try key.digest(), paths: paths,
      wasDone: whole.withLock { $0 })
    let before = stage.doneBefore
    counts.withLock { $0.append((name, paths.count, before)) }
    if before > 0 {
      tell("\(name): \(before) of \(paths.count) tasks \(before == 1 ? "was" : "were") done before")
    }
    return stage
  }

  /// Runs a stage that is one task and makes files of the workspace itself; when they are all there
  /// from before, it is not run.
  ///
  /// - Parameter make: makes the files through a recorder of its own, and returns what later stages
  ///   need to know.
  func once<Value: Codable & Sendable>(
    _ name: String, key: StageKey, staging: StagingFiles, inputNames: [String] = [],
    _ make: (StagingFiles, Stage) throws(WorkspaceError) -> Value
  ) throws(WorkspaceError) -> Value {
    let (folder, threads) = (folder, threads)
    let stage = try open(
      name, key: key, results: ["result.json"], inputNames: inputNames,
      isWhole: { path in
        guard let result = SealedFile.read(json: OnceResult<Value>.self, path) else { return false }
        return areWhole(result.files, in: folder, threads: threads)
      })
    if stage.doneBefore > 0,
      let result = SealedFile.read(json: OnceResult<Value>.self, stage.paths[0])
    {
      staging.adopt(result.files.mapValues { FileSeal(size: $0.size, digest: $0.digest) })
      return result.value
    }
    let own = StagingFiles(folder: staging.folder)
    let value = try make(own, stage)
    let files = own.all
    try SealedFile.write(
      json: OnceResult(
        files: files.mapValues { .init(size: $0.size, digest: $0.digest) }, value: value),
      to: stage.paths[0])
    staging.adopt(files)
    return value
  }

  /// Removes what is in a folder but for some files.
  private func remove(_ place: String, keeping kept: Set<String>) throws(WorkspaceError) {
    try storing { () throws(StorageError) in
      for name in try namesInFolder(place) where !kept.contains(name) {
        try removeTree(place + "/" + name)
      }
    }
  }

  /// Removes what tasks that were killed had begun; the build holds the lock, so nobody writes.
  private func sweep(_ place: String) throws(WorkspaceError) {
    try storing { () throws(StorageError) in
      for name in try namesInFolder(place) where name.hasSuffix(".partial") {
        try removeTree(place + "/" + name)
      }
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
