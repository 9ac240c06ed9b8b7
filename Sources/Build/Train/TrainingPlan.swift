/// What one training of centroids is to do.
struct TrainingPlan: Sendable {
  /// k
  var clusters: Int
  /// Rounds at most.
  var iterations: Int
  /// Training rows at most; nil: all candidates, read again in every round.
  var limit: Int?
  var seed: UInt64
}

extension BuildParameters {
  /// The training of the concepts.
  var training: TrainingPlan {
    TrainingPlan(clusters: clusters, iterations: iterations, limit: trainingLimit, seed: seed)
  }
}
