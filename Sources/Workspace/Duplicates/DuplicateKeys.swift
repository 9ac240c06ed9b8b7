import Foundations

/// What the stages of the deduplication depend on.
struct DuplicateKeys: Sendable {
  /// The fine clusters' centroids.
  let train: StageKey
  /// Each candidate's fine cluster.
  let assign: StageKey
  /// Candidates by fine cluster.
  let sort: StageKey
  /// The near duplicates; the last word on which rows are candidates.
  let search: StageKey

  /// - Parameter candidates: the stage that says which rows are looked at.
  init(
    _ wanted: Deduplication, seed: UInt64, empty: StageKey,
    after candidates: (name: String, key: StageKey)
  ) throws(WinnowError) {
    let last = [candidates.name: try candidates.key.digest()]
    var train = empty
    train.parameters = [
      "--dedup-clusters": wanted.clusters.map(String.init)
        ?? "one for \(Deduplication.candidatesACluster) candidates",
      "--seed": "\(seed)", "fine clusters at once": "\(wanted.clustersAtOnce)",
    ]
    train.after = last
    var assign = empty
    assign.after = last
    assign.after["fine-train"] = try train.digest()
    var sort = empty
    sort.after = ["fine-assign": try assign.digest()]
    var search = empty
    search.parameters = [
      "--dedup": "\(wanted.criterion.epsilon)", "--dedup-rule": wanted.criterion.rule.rawValue,
    ]
    search.after = last
    search.after["fine-sort"] = try sort.digest()
    self.train = train
    self.assign = assign
    self.sort = sort
    self.search = search
  }
}
