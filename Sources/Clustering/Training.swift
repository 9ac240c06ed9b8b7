// The rounds of k-means: what is kept from one to the next.

import CKernels
import Foundations
import Synchronization

/// One training in progress.
final class Training<Rows: VectorSource> {
  private let rows: Rows
  private let parameters: TrainingParameters
  private let vectors: VectorBlock
  private let sums: CentroidSums
  /// Every row's cluster, and that of the round before.
  private var nearest: SharedBuffer<UInt32>
  private var previous: SharedBuffer<UInt32>
  /// Whether the sums hold every row in its cluster of the round before.
  private var hasSums = false
  /// By how much at least a row's cosine with its centroid exceeded that with any other when the
  /// row was looked at last, less what the centroids have moved since but for the last time; 0
  /// when it is not known.
  private let margins: SharedBuffer<Float>
  /// How the centroids moved last; nil before they did.
  private var moves: CentroidMoves?
  /// The part of the rows that changed their cluster in the last round.
  private var movedShare = 1.0
  /// The rows as screens multiply them, where they are in memory; made in the first round.
  private var narrowed: NarrowedRows?
  private let workers: [Worker<Rows>]

  init(_ rows: Rows, from state: TrainingState, _ parameters: TrainingParameters) {
    let (k, dimensions) = (parameters.clusters, rows.dimensions)
    precondition(k >= 1 && k <= rows.count && state.centroids.count == k * dimensions)
    precondition(state.nearest.isEmpty || state.nearest.count == rows.count)
    self.rows = rows
    self.parameters = parameters
    vectors = VectorBlock(
      copying: state.centroids, count: k, dimensions: dimensions,
      instructions: parameters.instructions)
    sums = CentroidSums(
      clusters: k, dimensions: dimensions, instructions: parameters.instructions)
    previous =
      state.nearest.isEmpty
      ? SharedBuffer(repeating: .max, count: rows.count) : SharedBuffer(state.nearest)
    nearest = SharedBuffer(previous.elements)
    margins = SharedBuffer(repeating: 0, count: rows.count)
    workers = (0..<max(1, parameters.threads)).map { _ in Worker(dimensions: dimensions) }
  }

  func state(after round: Int) -> TrainingState {
    TrainingState(
      rounds: round, centroids: (0..<parameters.clusters).flatMap { vectors.vector($0) },
      nearest: previous.elements)
  }

  /// The centroids as they are, for searching.
  func prepared() -> Centroids {
    let copy = VectorBlock(capacity: parameters.clusters, dimensions: rows.dimensions)
    for cluster in 0..<parameters.clusters { copy.copy(cluster, of: vectors, to: cluster) }
    return Centroids(copy, instructions: parameters.instructions, threads: parameters.threads)
  }

  /// Finds every row's cluster; returns how many rows changed theirs.
  func assign() throws(Rows.Failure) -> Int {
    let centroids = Centroids(
      vectors, instructions: parameters.instructions, threads: parameters.threads,
      like: narrowed?.screen)
    if narrowed == nil, let all = rows.all, let screen = centroids.screen {
      narrowed = NarrowedRows(all, for: screen, threads: parameters.threads)
    }
    let round = TrainingRound(
      centroids: centroids, moves: hasSums ? moves : nil,
      movers: hasSums ? moves?.movers(of: centroids, margins, previous, parameters.threads) : nil,
      narrowed: narrowed, wantsMargins: movedShare < 0.25, sums: sums)
    try pass { worker, part throws(Rows.Failure) in
      try worker.assign(part, in: self.rows, round)
    }
    try refill(centroids)
    if let all = rows.all {
      sums.move(
        all, from: hasSums ? previous : nil, to: nearest, threads: parameters.threads)
    }
    hasSums = true
    let moved = (0..<rows.count).count { nearest[$0] != previous[$0] }
    movedShare = Double(moved) / Double(rows.count)
    return moved
  }

  /// Moves every centroid to the middle of its rows; the next round may begin.
  func moveCentroids() {
    moves = CentroidMoves(
      sums.moveCentroids(vectors, threads: parameters.threads), stride: vectors.stride)
    swap(&nearest, &previous)
  }

  /// Runs `body` over all rows in parts of a few hundred.
  private func pass(
    _ body: @escaping (Worker<Rows>, TrainingPart) throws(Rows.Failure) -> Void
  ) throws(Rows.Failure) {
    let partRows = 4 * wk_screen_rows(vectors.stride)
    let failure = Mutex<(part: Int, error: Rows.Failure)?>(nil)
    let count = rows.count
    let (nearest, previous, margins) = (nearest, previous, margins)
    // Sound: each worker is used by one thread at a time, each task touches its own rows, and `body`
    // reads what nobody writes meanwhile.
    nonisolated(unsafe) let (body, workers) = (body, workers)
    parallel(
      tasks: (count + partRows - 1) / partRows, threads: parameters.threads
    ) { worker, task in
      if failure.withLock({ $0 != nil }) { return }
      let part = TrainingPart(
        rows: task * partRows..<min((task + 1) * partRows, count), nearest: nearest,
        previous: previous, margins: margins)
      workers[worker].number = worker
      do throws(Rows.Failure) {
        try body(workers[worker], part)
      } catch {
        failure.withLock { found in
          if found.map({ $0.part > task }) ?? true { found = (task, error) }
        }
      }
    }
    if let found = failure.withLock({ $0 }) { throw found.error }
  }

  /// Fills empty clusters, and, where rows are not in memory, their sums.
  private func refill(_ centroids: Centroids) throws(Rows.Failure) {
    var sizes = [Int](repeating: 0, count: parameters.clusters)
    for row in 0..<rows.count { sizes[Int(nearest[row])] += 1 }
    guard sizes.contains(0) else { return }
    let distances = SharedBuffer<Float>(repeating: 0, count: rows.count)
    try pass { worker, part throws(Rows.Failure) in
      try worker.measure(part, in: self.rows, to: centroids, distances)
    }
    let farthest = (0..<rows.count).sorted {
      distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
    }
    let donors = farthest.prefix(2 * parameters.clusters).map { Int(nearest[$0]) }
    let one = VectorBlock(capacity: 1, dimensions: rows.dimensions)
    for refill in refills(sizes: sizes, donors: donors) {
      let (row, cluster) = (farthest[refill.row], refill.cluster)
      let before = Int(nearest[row])
      nearest[row] = UInt32(cluster)
      margins[row] = 0
      guard rows.all == nil else { continue }
      try rows.load([row], into: one, worker: 0)
      sums.add(0, of: one, to: before, sign: -1)
      sums.add(0, of: one, to: cluster, sign: 1)
    }
  }
}

/// Some rows of a round, and where their results are.
struct TrainingPart {
  let rows: Range<Int>
  let nearest: SharedBuffer<UInt32>
  let previous: SharedBuffer<UInt32>
  let margins: SharedBuffer<Float>
}

/// What all parts of a round share.
struct TrainingRound {
  let centroids: Centroids
  /// How the centroids moved since the sums were right; nil when every row is to be looked at.
  let moves: CentroidMoves?
  /// The centroids that moved far.
  let movers: Movers?
  let narrowed: NarrowedRows?
  /// Whether margins are worth their time: early in a training no margin lasts.
  let wantsMargins: Bool
  let sums: CentroidSums
}
