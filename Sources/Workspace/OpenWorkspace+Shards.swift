// The shards that the rows came from: how many rows each has is part of a workspace, what they are
// called only a note of the build's.

import Foundations
import Storage

extension OpenWorkspace {
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
      throw damaged(path + "/workspace.json", "the rows of its inputs are not \(rows) together")
    }
  }
}
