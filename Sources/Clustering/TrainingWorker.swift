// What one thread does in a round of k-means.

import CKernels
import Foundations

/// One thread's buffers; used by one thread at a time.
final class Worker<Rows: VectorSource> {
  var number = 0
  private let block: VectorBlock
  private let scratch = AssignmentScratch()
  private let found: OwnedBuffer<UInt32>
  private let distances: OwnedBuffer<Float>
  private let margins: OwnedBuffer<Float>
  /// Rows to compare with far movers, and rows to compare with all centroids.
  private var doubtful: [Int] = []
  private var open: [Int] = []

  init(dimensions: Int) {
    let capacity = wk_screen_rows(VectorBlock.stride(dimensions))
    block = VectorBlock(capacity: capacity, dimensions: dimensions)
    found = OwnedBuffer(uninitialized: capacity)
    distances = OwnedBuffer(uninitialized: capacity)
    margins = OwnedBuffer(uninitialized: capacity)
  }

  /// Finds the clusters of the part's rows; corrects the sums where reading a row again would cost
  /// more than touching sums at random.
  func assign(
    _ part: TrainingPart, in rows: Rows, _ round: TrainingRound
  ) throws(Rows.Failure) {
    sort(part, round)
    if let movers = round.movers {
      try compare(part, in: rows, movers, round)
    }
    let (hasSums, adds) = (round.moves != nil, rows.all == nil)
    try forBlocks(of: open, in: rows, round.centroids) { chosen, block in
      round.centroids.assign(
        block, narrowed: round.narrowed, nearest: found.pointer, distances: nil,
        margins: round.wantsMargins ? margins.pointer : nil, scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let (old, new) = (part.previous[row], found[slot])
        part.nearest[row] = new
        part.margins[row] = round.wantsMargins ? margins[slot] : 0
        if !adds || (hasSums && old == new) { continue }
        if hasSums { round.sums.add(block.place(slot), of: block.block, to: Int(old), sign: -1) }
        round.sums.add(block.place(slot), of: block.block, to: Int(new), sign: 1)
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
    _ part: TrainingPart, in rows: Rows, _ movers: Movers, _ round: TrainingRound
  ) throws(Rows.Failure) {
    try forBlocks(of: doubtful, in: rows, movers.centroids) { chosen, block in
      movers.centroids.assign(
        block, narrowed: round.narrowed, nearest: found.pointer,
        distances: distances.pointer, margins: margins.pointer, scratch: scratch)
      for (slot, row) in chosen.enumerated() {
        let own = Int(part.previous[row])
        // Distances are rounded to float32, each by less than 1e-7.
        let ahead =
          movers.clusters[Int(found[slot])] == own
          ? margins[slot]
          : distances[slot]
            - round.centroids.distance(of: block.place(slot), in: block.block, to: own) - 1e-6
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
    _ distances: SharedBuffer<Float>
  ) throws(Rows.Failure) {
    try forBlocks(of: Array(part.rows), in: rows, centroids) { chosen, block in
      for (slot, row) in chosen.enumerated() {
        distances[row] = centroids.distance(
          of: block.place(slot), in: block.block, to: Int(part.nearest[row]))
      }
    }
  }

  /// Loads rows, a block at a time; rows in memory are used where they are, if the search can.
  ///
  /// - Parameter body: gets the rows, and where they lie.
  private func forBlocks(
    of wanted: [Int], in rows: Rows, _ centroids: Centroids,
    _ body: ([Int], BlockRows) -> Void
  ) throws(Rows.Failure) {
    for start in stride(from: 0, to: wanted.count, by: block.capacity) {
      let chosen = Array(wanted[start..<min(start + block.capacity, wanted.count)])
      if let all = rows.all, chosen[chosen.count - 1] - chosen[0] == chosen.count - 1 {
        body(chosen, BlockRows(all, start: chosen[0], count: chosen.count))
      } else if let all = rows.all, centroids.takesScatteredRows {
        body(chosen, BlockRows(all, at: chosen))
      } else {
        try rows.load(chosen, into: block, worker: number)
        body(chosen, BlockRows(block, start: 0, count: chosen.count))
      }
    }
  }
}
