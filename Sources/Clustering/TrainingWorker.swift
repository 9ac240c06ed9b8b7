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
    try forBlocks(of: open, in: rows) { chosen, block, start in
      round.centroids.assign(
        block, start: start, count: chosen.count, nearest: found.baseAddress!,
        margins: round.wantsMargins ? margins.baseAddress! : nil, scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let (old, new) = (part.previous[row], found[slot])
        part.nearest[row] = new
        part.margins[row] = round.wantsMargins ? margins[slot] : 0
        if hasSums && old == new { continue }
        if hasSums { round.sums.add(start + slot, of: block, to: Int(old), sign: -1) }
        round.sums.add(start + slot, of: block, to: Int(new), sign: 1)
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
    try forBlocks(of: doubtful, in: rows) { chosen, block, start in
      movers.centroids.assign(
        block, start: start, count: chosen.count, nearest: found.baseAddress!,
        distances: distances.baseAddress!, margins: margins.baseAddress!, scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let own = Int(part.previous[row])
        // Distances are rounded to float32, each by less than 1e-7.
        let ahead =
          movers.clusters[Int(found[slot])] == own
          ? margins[slot]
          : distances[slot] - centroids.distance(of: start + slot, in: block, to: own) - 1e-6
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
    try forBlocks(of: Array(part.rows), in: rows) { chosen, block, start in
      for (slot, row) in chosen.enumerated() {
        distances[row] = centroids.distance(
          of: start + slot, in: block, to: Int(part.nearest[row]))
      }
    }
  }

  /// Loads rows, a block at a time; rows in memory that follow each other are used where they are.
  ///
  /// - Parameter body: gets the rows, the block that holds them, and the place of the first.
  private func forBlocks(
    of wanted: [Int], in rows: Rows, _ body: (UnsafeBufferPointer<Int>, VectorBlock, Int) -> Void
  ) throws(Rows.Failure) {
    try wanted.withUnsafeBufferPointer { wanted throws(Rows.Failure) in
      for start in stride(from: 0, to: wanted.count, by: block.capacity) {
        let chosen = UnsafeBufferPointer(
          rebasing: wanted[start..<min(start + block.capacity, wanted.count)])
        if let all = rows.all, chosen[chosen.count - 1] - chosen[0] == chosen.count - 1 {
          body(chosen, all, chosen[0])
        } else {
          try rows.load(chosen, into: block, worker: number)
          body(chosen, block, 0)
        }
      }
    }
  }
}
