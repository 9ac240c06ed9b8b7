// Rows that changed their cluster, sorted by the clusters that they leave and join.

import Foundations

/// The changes of a round, those of one cluster together, rows ascending.
struct ChangesByCluster: Sendable {
  /// A row that joins (sign 1) or leaves (-1) a cluster.
  struct Entry: Sendable {
    private let code: Int

    init(_ row: Int, leaves: Bool) { code = row << 1 | (leaves ? 1 : 0) }

    var row: Int { code >> 1 }
    var sign: Int64 { code & 1 == 0 ? 1 : -1 }
  }

  /// Some entries of one cluster.
  struct Part: Sendable {
    let cluster: Int
    let entries: Range<Int>
    /// Whether these are all entries of the cluster.
    let isWhole: Bool
  }

  private(set) var entries: [Entry]
  private(set) var parts: [Part] = []

  /// - Parameter previous: nil when every row joins its first cluster.
  /// - Complexity: O(rows + clusters)
  init(
    from previous: SharedBuffer<UInt32>?, to nearest: SharedBuffer<UInt32>, clusters: Int
  ) {
    // A cluster of more entries is cut, so that threads can share it.
    let mostOfPart = 1024
    var ends = [Int](repeating: 0, count: clusters)
    for row in 0..<nearest.count where previous?[row] != nearest[row] {
      ends[Int(nearest[row])] += 1
      if let previous { ends[Int(previous[row])] += 1 }
    }
    var sum = 0
    for cluster in 0..<clusters {
      let end = sum + ends[cluster]
      for start in stride(from: sum, to: end, by: mostOfPart) {
        parts.append(
          Part(
            cluster: cluster, entries: start..<min(start + mostOfPart, end),
            isWhole: end - sum <= mostOfPart))
      }
      ends[cluster] = sum
      sum = end
    }
    entries = [Entry](repeating: Entry(0, leaves: false), count: sum)
    for row in 0..<nearest.count where previous?[row] != nearest[row] {
      entries[ends[Int(nearest[row])]] = Entry(row, leaves: false)
      ends[Int(nearest[row])] += 1
      if let previous {
        entries[ends[Int(previous[row])]] = Entry(row, leaves: true)
        ends[Int(previous[row])] += 1
      }
    }
  }
}
