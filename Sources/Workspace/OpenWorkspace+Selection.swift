// The quotas of plans, and the rows that they keep, concept by concept.

import Foundations
import Pruning
import Storage

extension OpenWorkspace {
  /// The rows that a plan with these quotas keeps.
  ///
  /// - Parameters:
  ///   - quotas: one a cluster, 0 to its size.
  ///   - threads: the result is the same for any number.
  /// - Throws: ``WinnowError`` when the order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(kept rows) for `hardest`, `easiest`, `stratified`; O(candidates) for others.
  ///   rows / 8 bytes of memory, whatever the threads.
  public func keptRows(
    _ quotas: [Int], _ plan: Plan, threads: Int
  ) throws(WinnowError) -> RowSet {
    precondition(quotas.count == clusters)
    try requireSimilarity(for: plan.order)
    var kept = RowSet(rows: rows)
    try kept.insertTogether { (kept) throws(WinnowError) in
      try parallel(tasks: clusters, threads: threads) { (_, cluster) throws(WinnowError) in
        if quotas[cluster] == 0 { return }
        let positions = try keptPositions(of: cluster, quota: quotas[cluster], plan)
        let offset = offsets[cluster]
        for position in positions { kept.insert(try row(at: offset + position)) }
      }
    }
    return kept
  }

  /// - Throws: ``WinnowError`` when an order needs similarities that are not there.
  func requireSimilarity(for orders: Order...) throws(WinnowError) {
    guard hasSimilarity || !orders.contains(.similarity) else {
      throw WinnowError(.similarityMissing)
    }
  }

  /// Which of a cluster's rows are kept, as positions among its members.
  public func keptPositions(
    of cluster: Int, quota: Int, _ plan: Plan
  ) throws(WinnowError) -> KeptPositions {
    let range = offsets[cluster]..<offsets[cluster + 1]
    let near = UnsafeBufferPointer(rebasing: distances.elements[range])
    let similar = plan.order == .similarity ? similarities?.elements : nil
    func select(_ body: (Span<Float>?) -> KeptPositions) -> KeptPositions {
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

extension WinnowError {
  /// A plan that was refused.
  public init(_ error: PlanError) { self = .invalid(error.description) }
}

extension OpenWorkspace {
  /// The quotas that a plan gives the concepts.
  ///
  /// - Throws: ``WinnowError`` when the plan is infeasible or does not fit.
  public func quotas(of plan: Plan) throws(WinnowError) -> Quotas {
    do { return try QuotaSolver(scores: scores).solve(plan) } catch { throw WinnowError(error) }
  }

  /// Reads a plan from its file, or from the header of a keep list.
  ///
  /// - Throws: ``WinnowError`` that names the file and the field.
  public func readPlan(_ path: String) throws(WinnowError) -> Plan {
    let bytes = try InputFile.contents(of: path)
    do throws(PlanError) {
      return try Plan.read(
        json: bytes, field: path.hasSuffix(".winnow.json") ? "plan" : nil, scores: scores,
        clustering: clustering)
    } catch { throw .invalid("\(path): \(error)") }
  }
}
