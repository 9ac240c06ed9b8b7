// The inputs that a workspace was built from: whether their files are still those files, byte for
// byte (`winnow verify --inputs`), and which rows came from which shard. What they held is part of
// the workspace; where they lay and what they are called is a note of the build's.

import Foundations
import Storage
import Synchronization

extension OpenWorkspace {
  /// Reads every input again and compares its SHA-256: shards with `workspace.json`, metadata and
  /// given centroids with `build-log.json`.
  ///
  /// - Parameters:
  ///   - root: a folder to look in for files that are not where they were: the one that the longest
  ///     end of a file's path leads to from there.
  ///   - threads: the result is the same for any number.
  ///   - isCancelled: asked before each file.
  /// - Returns: how many files were compared, and what is wrong, one line each, in their order.
  /// - Throws: ``WinnowError`` when the build did not record where the inputs are.
  /// - Complexity: O(bytes of the inputs)
  public func verifyInputs(
    root: String?, threads: Int, isCancelled: @Sendable () -> Bool = { false }
  ) throws(WinnowError) -> (files: Int, faults: [String]) {
    let logPath = path + "/build-log.json"
    guard let log = BuildLog.read(logPath), let shards = log.shards,
      let others = log.inputFiles, shards.count == description.inputs.count
    else {
      throw .invalid(
        "\(logPath): expected the paths of the \(description.inputs.count) shards, found none; an "
          + "older winnow built the workspace: build it again to have its inputs checked")
    }
    let expected =
      zip(shards, description.inputs).map { ($0, $1.digest) } + others.map { ($0.path, $0.digest) }
    let faults = Mutex([String?](repeating: nil, count: expected.count))
    parallel(tasks: expected.count, threads: threads) { _, place in
      if isCancelled() { return }
      let (recorded, digest) = expected[place]
      let fault = Self.compare(recorded, digest, root)
      faults.withLock { $0[place] = fault }
    }
    if isCancelled() { throw .interrupted }
    return (expected.count, faults.withLock { $0.compactMap(\.self) })
  }

  private static func compare(_ recorded: String, _ digest: String, _ root: String?) -> String? {
    guard let place = root.map({ moved(recorded, below: $0) }) ?? recorded else {
      return "\(recorded): missing below \(root ?? "") (looked for every end of its path)"
    }
    guard pathKind(place) == .file else {
      return "\(place): missing; if the inputs were moved, name their folder with --root DIR"
    }
    do throws(WinnowError) {
      let found = try Digest.ofFile(place)
      return found == digest ? nil : "\(place): expected SHA-256 \(digest), found \(found)"
    } catch { return error.description }
  }

  /// The file that the longest end of `path` names below `root`.
  private static func moved(_ path: String, below root: String) -> String? {
    let parts = path.split(separator: "/")
    for start in parts.indices {
      let candidate = root + "/" + parts[start...].joined(separator: "/")
      if pathKind(candidate) == .file { return candidate }
    }
    return nil
  }

  /// The rows of each shard, in order; together they are all rows.
  public var shardRows: [Range<Int>] {
    var next = 0
    return description.inputs.map { input in
      defer { next += input.rows }
      return next..<next + input.rows
    }
  }

  /// What each shard's file is called, without folder and ending; all different.
  ///
  /// Shards of one name (in several folders), and those of a workspace whose build recorded no
  /// names, are told apart by their number in front.
  public func shardNames() -> [String] {
    let count = description.inputs.count
    let digits = max(5, String(count).utf8.count)
    let numbers = (0..<count).map { padded(String($0), digits) }
    let log = BuildLog.read(path + "/build-log.json")
    guard let paths = log?.shards, paths.count == count else { return numbers }
    let names = paths.map { path in
      let stem = stem(path)
      return stem.isEmpty ? lastComponent(path) : stem
    }
    return Set(names).count == count ? names : zip(numbers, names).map { "\($0)-\($1)" }
  }

  /// Checks that the rows of the shards add up.
  ///
  /// - Throws: ``WinnowError`` when they do not.
  public func checkShards() throws(WinnowError) {
    var left = rows
    for input in description.inputs where left >= 0 {
      left = input.rows < 0 || input.rows > left ? -1 : left - input.rows
    }
    guard left == 0 else {
      throw damaged(path + "/workspace.json", "the rows of its inputs do not add up to \(rows)")
    }
  }
}
