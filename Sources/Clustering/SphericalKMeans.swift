// Spherical k-means (Dhillon and Modha, "Concept decompositions for large sparse text data using
// clustering", 2001) with results that do not depend on the order of work: every sum over rows is
// a sum of integers, every choice has a tie rule.
//
// Two things make later rounds cheap and change nothing.  Only rows that change their cluster are
// added to one sum and taken from another.  And a row keeps a margin, by how much its cosine with
// its centroid is known to exceed that with any other; while the centroids have moved by less
// since, it is not looked at (Hamerly, "Making k-means even faster", SDM 2010, whose two bounds
// on distances become one on the difference of two cosines).

/// What training needs to know beside the rows.
public struct TrainingParameters: Sendable {
  /// k, at least 1 and at most the number of training rows.
  public var clusters: Int
  /// Rounds at most; training ends early when no row moves.
  public var iterations: Int
  public var threads: Int
  public var instructions: InstructionSet

  public init(clusters: Int, iterations: Int, threads: Int, instructions: InstructionSet) {
    self.clusters = clusters
    self.iterations = iterations
    self.threads = threads
    self.instructions = instructions
  }
}

/// Trained centroids and how training went.
public struct TrainingResult: Sendable {
  public let centroids: Centroids
  /// Rounds that moved centroids.
  public let iterations: Int
  /// Whether training ended because no row moved.
  public let converged: Bool
}

/// Training after some rounds: all that the next ones depend on.
public struct TrainingState: Sendable, Equatable {
  /// Rounds that moved centroids so far.
  public var rounds: Int
  /// The centroids, k * dimensions numbers in C order, as they are stored in memory.
  public var centroids: [Float]
  /// Every row's cluster in the last round; empty before the first.
  public var nearest: [UInt32]

  public init(rounds: Int, centroids: [Float], nearest: [UInt32]) {
    self.rounds = rounds
    self.centroids = centroids
    self.nearest = nearest
  }
}

/// Trains centroids.
///
/// - Parameters:
///   - rows: none of them faulty.
///   - state: where to begin; one that `afterRound` was offered gives the same result as going on.
///   - afterRound: told the round's number, how many rows moved in it, and a way to take the
///     state; false stops.
/// - Returns: nil when `afterRound` stopped it.
/// - Throws: what `rows` throws.
/// - Complexity: O(iterations * rows * k * dimensions) time at most, 12 bytes a row and
///   O(k * dimensions) memory.
public func trainSphericalKMeans<Rows: VectorSource>(
  rows: Rows, from state: TrainingState, parameters: TrainingParameters,
  afterRound: (_ round: Int, _ moved: Int, _ state: () -> TrainingState) throws(Rows.Failure) ->
    Bool
) throws(Rows.Failure) -> TrainingResult? {
  let training = Training(rows, from: state, parameters)
  for round in state.rounds..<max(state.rounds, parameters.iterations) {
    let moved = try training.assign()
    if moved == 0 {
      return TrainingResult(
        centroids: training.prepared(), iterations: round, converged: true)
    }
    training.moveCentroids()
    let goesOn = try afterRound(round + 1, moved) { training.state(after: round + 1) }
    guard goesOn else { return nil }
  }
  return TrainingResult(
    centroids: training.prepared(), iterations: parameters.iterations, converged: false)
}

extension TrainingState {
  /// The state before the first round, with some rows' vectors as centroids.
  public init<Rows: VectorSource>(
    rows: Rows, initial: [Int], parameters: TrainingParameters
  ) throws(Rows.Failure) {
    let k = parameters.clusters
    precondition(initial.count == k && k >= 1 && k <= rows.count)
    let vectors = VectorBlock(capacity: k, dimensions: rows.dimensions)
    let order = initial.indices.sorted { initial[$0] < initial[$1] }
    let one = VectorBlock(capacity: 1, dimensions: rows.dimensions)
    for cluster in order {
      try rows.load([initial[cluster]], into: one, worker: 0)
      vectors.setUnit(
        cluster, one.vector(0).map(Double.init), instructions: parameters.instructions)
    }
    self.init(rounds: 0, centroids: (0..<k).flatMap { vectors.vector($0) }, nearest: [])
  }
}
