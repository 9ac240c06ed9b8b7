// What one thread does in a round of k-means.

import CKernels

/// One thread's buffers; used by one thread at a time.
final class Worker<Rows: TrainingRows> {
  var number = 0
  private let block: VectorBlock
  private let scratch = AssignmentScratch()
  private let found: UnsafeMutableBufferPointer<UInt32>
  private let distances: UnsafeMutableBufferPointer<Float>
  private let margins: UnsafeMutableBufferPointer<Float>
  /// Rows to compare with far movers, and rows to compare with all centroids.
  private var doubtful: [Int] = []
  private var open: [Int] = []

  init(dimensions: Int) {
    let lanes = Int(WK_LANES)
    let capacity = wk_screen_rows((dimensions + lanes - 1) / lanes * lanes)
    block = VectorBlock(capacity: capacity, dimensions: dimensions)
    found = .allocate(capacity: capacity)
    distances = .allocate(capacity: capacity)
    margins = .allocate(capacity: capacity)
  }

  deinit {
    found.deallocate()
    distances.deallocate()
    margins.deallocate()
  }

  /// Finds the clusters of the part's rows and corrects the sums.
  func assign(
    _ part: TrainingPart, in rows: Rows, _ round: TrainingRound
  ) throws(Rows.Failure) {
    sort(part, round)
    if let movers = round.movers {
      try compare(part, in: rows, movers, round.centroids)
    }
    let hasSums = round.moves != nil
    try forBlocks(of: open, in: rows) { chosen in
      round.centroids.assign(
        block, count: chosen.count, nearest: found.baseAddress!, margins: margins.baseAddress!,
        scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let (old, new) = (part.previous[row], found[slot])
        part.nearest[row] = new
        part.margins[row] = margins[slot]
        if hasSums && old == new { continue }
        if hasSums { round.sums.add(slot, of: block, to: Int(old), sign: -1) }
        round.sums.add(slot, of: block, to: Int(new), sign: 1)
      }
    }
  }

  /// Decides which rows are looked at; the others lose some of their margin and stay.
  private func sort(_ part: TrainingPart, _ round: TrainingRound) {
    open.removeAll(keepingCapacity: true)
    doubtful.removeAll(keepingCapacity: true)
    guard let moves = round.moves else { return open.append(contentsOf: part.rows) }
    let losses = moves.lossesOfAll
    for row in part.rows {
      let cluster = Int(part.previous[row])
      let margin = part.margins[row]
      part.nearest[row] = part.previous[row]
      if margin > losses[cluster] {
        part.margins[row] = margin - losses[cluster]
      } else if let movers = round.movers, margin > movers.losses[cluster] {
        doubtful.append(row)
      } else {
        open.append(row)
      }
    }
  }

  /// Compares rows whose margin holds against all but the far movers with those.
  private func compare(
    _ part: TrainingPart, in rows: Rows, _ movers: Movers, _ centroids: Centroids
  ) throws(Rows.Failure) {
    try forBlocks(of: doubtful, in: rows) { chosen in
      movers.centroids.assign(
        block, count: chosen.count, nearest: found.baseAddress!,
        distances: distances.baseAddress!, margins: margins.baseAddress!, scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let own = Int(part.previous[row])
        // Distances are rounded to float32, each by less than 1e-7.
        let ahead =
          movers.clusters[Int(found[slot])] == own
          ? margins[slot]
          : distances[slot] - centroids.distance(of: slot, in: block, to: own) - 1e-6
        if ahead > 0 {
          part.margins[row] = min(ahead, part.margins[row] - movers.losses[own])
        } else {
          open.append(row)
        }
      }
    }
    if !doubtful.isEmpty { open.sort() }
  }

  /// The distances of the part's rows to their nearest centroids.
  func measure(
    _ part: TrainingPart, in rows: Rows, to centroids: Centroids,
    _ distances: UnsafeMutableBufferPointer<Float>
  ) throws(Rows.Failure) {
    try forBlocks(of: Array(part.rows), in: rows) { chosen in
      for (slot, row) in chosen.enumerated() {
        distances[row] = centroids.distance(of: slot, in: block, to: Int(part.nearest[row]))
      }
    }
  }

  /// Loads rows, a block at a time.
  private func forBlocks(
    of wanted: [Int], in rows: Rows, _ body: (UnsafeBufferPointer<Int>) -> Void
  ) throws(Rows.Failure) {
    try wanted.withUnsafeBufferPointer { wanted throws(Rows.Failure) in
      for start in stride(from: 0, to: wanted.count, by: block.capacity) {
        let chosen = UnsafeBufferPointer(
          rebasing: wanted[start..<min(start + block.capacity, wanted.count)])
        try rows.load(chosen, into: block, worker: number)
        body(chosen)
      }
    }
  }
}
