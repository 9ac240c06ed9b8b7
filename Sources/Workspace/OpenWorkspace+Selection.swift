// The rows that quotas keep, concept by concept.

import Clustering
import Pruning
import Storage

extension OpenWorkspace {
  /// The rows that a plan with these quotas keeps.
  ///
  /// - Parameters:
  ///   - quotas: one a cluster, 0 to its size.
  ///   - threads: the result is the same for any number.
  /// - Throws: ``WorkspaceError`` when the order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(kept rows) for `hardest`, `easiest`, `stratified`; O(candidates) for others.
  ///   rows / 8 bytes of memory a thread.
  public func keptRows(
    _ quotas: [Int], _ plan: Plan, threads: Int
  ) throws(WorkspaceError) -> RowSet {
    precondition(quotas.count == clusters)
    guard plan.order != .similarity || hasSimilarity else { throw .plan(.similarityMissing) }
    let workers = max(1, threads)
    let sets = SharedSets(workers: workers, rows: rows)
    let failure = FirstFailure()
    parallel(tasks: clusters, threads: workers) { worker, cluster in
      if quotas[cluster] == 0 || failure.hasFailed { return }
      do throws(WorkspaceError) {
        let positions = try keptPositions(of: cluster, quota: quotas[cluster], plan)
        let offset = offsets[cluster]
        for position in positions {
          sets.insert(try row(at: offset + position), worker: worker)
        }
      } catch {
        failure.record(error, task: cluster)
      }
    }
    try failure.rethrow()
    return sets.merged()
  }

  /// Which of a cluster's rows are kept, as positions among its members.
  public func keptPositions(
    of cluster: Int, quota: Int, _ plan: Plan
  ) throws(WorkspaceError) -> KeptPositions {
    let range = offsets[cluster]..<offsets[cluster + 1]
    let near = UnsafeBufferPointer(rebasing: distances.elements[range])
    let similar = plan.order == .similarity && hasSimilarity ? similarities!.elements : nil
    func select(
      _ body: (Span<Float>?) -> KeptPositions
    ) -> KeptPositions {
      guard let similar else { return body(nil) }
      return body(similar.span)
    }
    // The other orders never look at a row, so its pages need not be read.
    let looksAtRows = plan.order == .random || plan.order == .similarity
    return try members.withRows(
      range, checked: looksAtRows,
      narrow: { rows in
        select {
          Selection.positions(
            rows: rows.span, distances: near.span, similarity: $0, quota: quota,
            order: plan.order, seed: plan.selectionSeed)
        }
      },
      wide: { rows in
        select {
          Selection.positions(
            rows: rows.span, distances: near.span, similarity: $0, quota: quota,
            order: plan.order, seed: plan.selectionSeed)
        }
      })
  }
}

/// One set of rows for each worker, so that no two threads write the same word.
private final class SharedSets: @unchecked Sendable {
  // Sound: a worker touches its own set only, and `merged` runs after all have ended.
  private let sets: UnsafeMutableBufferPointer<RowSet>

  init(workers: Int, rows: Int) {
    sets = .allocate(capacity: workers)
    sets.initialize(repeating: RowSet(rows: rows))
  }

  deinit {
    sets.deinitialize()
    sets.deallocate()
  }

  func insert(_ row: Int, worker: Int) { sets[worker].insert(row) }

  func merged() -> RowSet {
    var all = sets[0]
    for set in sets.dropFirst() { all.merge(set) }
    return all
  }
}
