import Foundations
import Tasks

/// The inputs of a build, which must not change while it reads them.
struct WatchedInputs: Sendable {
  var shards: InputWatch
  var metadata: InputWatch
  /// The files of `--allow` and `--deny`.
  var lists: InputWatch

  /// Looks at them now.
  ///
  /// - Complexity: O(files): 2 MiB of each are read at most.
  init(_ plan: BuildPlan) throws(WinnowError) {
    let threads = plan.parameters.threads
    shards = try InputWatch(plan.dataset.shards.map(\.path), threads: threads)
    metadata = try InputWatch(plan.metadataPaths, threads: threads)
    lists = try InputWatch(plan.parameters.filters.lists.map(\.path), threads: threads)
  }

  init(shards: InputWatch, metadata: InputWatch, lists: InputWatch) {
    (self.shards, self.metadata, self.lists) = (shards, metadata, lists)
  }
}
