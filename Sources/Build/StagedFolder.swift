// A folder that appears whole or not at all: filled beside its place under another name, then
// renamed.  An existing workspace stays usable until the new one takes its place in one step.
//
// What was finished outlives the process, so that the same command continues: PARENT/.NAME.building
// is the same for every build of a workspace, and one build at a time holds its lock.

import Foundations
import Glibc
import Storage
import Tasks
import Workspace

struct StagedFolder: ~Copyable {
  /// Where the folder shall be.
  let destination: String
  let path: String
  /// Folders above it that were missing, the deepest first.
  private let madeParents: [String]
  private let lock: FileLock
  /// Held while no other process may do tasks.
  private var tasks: FileLock?

  /// - Parameter wait: how long to wait for another build, or for tasks that other processes do.
  /// - Throws: ``WinnowError`` when another build has it, or it cannot be made.
  init(destination: String, wait: Duration = .zero) throws(WinnowError) {
    let trimmed = Self.place(of: destination)
    self.destination = trimmed
    let staging = Self.building(destination)
    path = staging
    var missing: [String] = []
    var parent = parentFolder(staging)
    while pathKind(parent) == .nothing && parent != parentFolder(parent) {
      missing.append(parent)
      parent = parentFolder(parent)
    }
    madeParents = missing
    let lockPath = staging + "/" + Self.lockName
    let end = ContinuousClock.now + wait
    var free: FileLock?
    repeat {
      try makeFolder(parentFolder(lockPath), parents: true)
      free = try FileLock(lockPath)
      if free == nil { usleep(20_000) }
    } while free == nil && ContinuousClock.now < end
    guard let held = free else {
      let holder = FileLock.holder(lockPath).map { " (process \($0))" } ?? ""
      throw .invalid(
        "\(destination): another build is already writing it\(holder); wait for it, stop it, or "
          + "choose another --output")
    }
    let none = try TaskLock.exclusive(staging, of: destination, wait: wait)
    lock = held
    tasks = consume none
    reuseScan()
  }

  /// From now on other processes may do tasks.
  mutating func admitTasks() { tasks = nil }

  /// From now on other processes do none; those that do are waited for.
  mutating func excludeTasks(wait: Duration) throws(WinnowError) {
    guard tasks == nil else { return }
    tasks = try TaskLock.exclusive(path, of: destination, wait: wait)
  }

  /// Where the workspace `path` shall be: a link stays one, what it leads to is replaced.
  private static func place(of path: String) -> String {
    resolvedPath(withoutTrailingSlashes(path))
  }

  /// The folder in which the workspace `path` is made.
  static func building(_ path: String) -> String {
    let place = place(of: path)
    return parentFolder(place) + "/." + lastComponent(place) + ".building"
  }

  /// Below stage/, which is no part of a workspace's identity.
  private static let lockName = stageFolder + "/lock"
  /// The stage that a finished workspace keeps.
  private static let keptStage = StageName.scan.rawValue
  /// The folder below stage/ of what is recorded for processes elsewhere.
  static let recordFolder = "build"

  deinit {
    // After a commit this is the replaced workspace, or nothing; without one it is what was written,
    // which stays when a later build can use it.  A parent that is not empty stays.
    guard !Self.hasFinishedWork(path) else { return }
    try? removeTree(path)
    for parent in madeParents { rmdir(parent) }
  }

  /// Whether a folder has results of tasks that are nowhere else.
  static func hasFinishedWork(_ path: String) -> Bool {
    let stages = path + "/" + stageFolder
    for stage in (try? namesInFolder(stages)) ?? [] {
      for name in (try? namesInFolder(stages + "/" + stage)) ?? []
      where name != StageSignature.fileName && !name.hasSuffix(".partial") {
        // What was linked from the workspace that is to be replaced is still there.
        var status = stat()
        if lstat(stages + "/" + stage + "/" + name, &status) == 0, status.st_nlink == 1 {
          return true
        }
      }
    }
    return false
  }

  /// Links the scan of the workspace that is to be replaced; whether it fits shows its key.
  private func reuseScan() {
    let (old, new) = (
      destination + "/" + stageFolder + "/" + Self.keptStage,
      path + "/" + stageFolder + "/" + Self.keptStage
    )
    guard pathKind(old) == .folder, pathKind(new) == .nothing else { return }
    // Where there are no links, it is scanned again.
    do {
      try removeTree(new + ".partial")
      try makeFolder(new + ".partial")
      for name in try namesInFolder(old)
      where link(old + "/" + name, new + ".partial/" + name) != 0 {
        return try removeTree(new + ".partial")
      }
      try renameFile(new + ".partial", to: new)
    } catch {}
  }

  /// Checks that `path` may become a workspace, before any work is done.
  static func checkDestination(_ path: String, force: Bool) throws(WinnowError) {
    switch pathKind(path) {
    case .nothing:
      guard !path.isEmpty else {
        throw .invalid(
          "--output: expected a path, found an empty one; name the workspace to create")
      }
      guard !isDanglingLink(path) else {
        throw .invalid(
          "\(path): expected a folder or nothing, found a broken link; remove the link or choose "
            + "another --output")
      }
    case .file, .special:
      throw .invalid("\(path): expected a folder or nothing, found a file; choose another --output")
    case .folder:
      let names = try namesInFolder(path)
      if names.isEmpty { return }
      guard names.contains("workspace.json") else {
        throw .invalid(
          "\(path): the folder is neither empty nor a workspace; choose another --output")
      }
      guard force else {
        throw .invalid(
          "\(path): the workspace already exists; replace it with --force or choose another "
            + "--output")
      }
    }
  }

  /// Puts the folder in its place, with `files` and nothing else that would count.  Committed plans of
  /// a workspace that it replaces come along, as copies: whatever fails, the old workspace has its
  /// own.
  consuming func commit(_ files: some Sequence<String>) throws(WinnowError) {
    let (staging, place) = (path, destination)
    let wanted = Set(files)
    for name in try Fingerprint.files(in: staging) where !wanted.contains(name) {
      try removeTree(staging + "/" + name)
    }
    for name in try namesInFolder(staging + "/" + stageFolder)
    where name != Self.keptStage && stageFolder + "/" + name != Self.lockName
      && name != TaskLock.name && name != Self.recordFolder
    {
      try removeTree(staging + "/" + stageFolder + "/" + name)
    }
    try removeTree(staging + "/plans")
    if pathKind(place) == .folder {
      if pathKind(place + "/plans") == .folder {
        try Self.copyTree(place + "/plans", to: staging + "/plans")
      }
      // Nobody may take the old one for a build to continue while it is removed.
      try makeFolder(place + "/" + stageFolder)
      let old = try FileLock(place + "/" + Self.lockName)
      try exchange(staging, place)
      try? removeTree(staging)
      _ = consume old
    } else {
      try renameFile(staging, to: place)
    }
    try removeTree(place + "/" + Self.lockName)
    for name in [TaskLock.name, Self.recordFolder] {
      try removeTree(place + "/" + stageFolder + "/" + name)
    }
  }

  private static func copyTree(_ source: String, to target: String) throws(WinnowError) {
    guard pathKind(source) == .folder else {
      let bytes = try InputFile.contents(of: source, limit: .max)
      _ = try AtomicFile.write(bytes, to: target)
      return
    }
    try makeFolder(target)
    for name in try namesInFolder(source) {
      try copyTree(source + "/" + name, to: target + "/" + name)
    }
  }
}
