// Clusters that no row is nearest to: each is given the row that is farthest from its own centroid.

/// A row that an empty cluster is given.
public struct Refill: Sendable, Equatable {
  /// The place of the row among those that were offered.
  public let row: Int
  /// The cluster that was empty.
  public let cluster: Int
}

/// Gives every empty cluster a row, the lowest cluster first: the farthest one whose own cluster
/// keeps at least one row.
///
/// A row that cannot be taken because it is the last of its cluster can never be taken later, so one
/// pass from far to near serves all empty clusters, and 2 * `sizes.count` rows are enough: each
/// cluster refuses once.
///
/// - Parameters:
///   - sizes: the rows of each cluster.
///   - donors: the clusters of rows, the row farthest from its centroid first (ties: the lower row).
/// - Returns: the refills, by cluster; fewer than there are empty clusters when `donors` end.
/// - Complexity: O(k + donors looked at); of `donors` no more are asked for than are needed.
public func refills(sizes: [Int], donors: some Sequence<Int>) -> [Refill] {
  var sizes = sizes
  var offers = donors.enumerated().makeIterator()
  var refills: [Refill] = []
  for cluster in sizes.indices where sizes[cluster] == 0 {
    while let (row, donor) = offers.next() {
      guard sizes[donor] > 1 else { continue }
      sizes[donor] -= 1
      sizes[cluster] += 1
      refills.append(Refill(row: row, cluster: cluster))
      break
    }
  }
  return refills
}
