extension [Int] {
  /// Where the element of a rank lies when these are the counts of buckets: its bucket, at most the
  /// last one, and its rank within it.  Ranks count from 1.
  ///
  /// - Complexity: O(count)
  @inlinable
  public func bucket(ofRank rank: Int) -> (bucket: Int, rank: Int) {
    var (bucket, rank) = (0, rank)
    while bucket < count - 1, self[bucket] < rank {
      rank -= self[bucket]
      bucket += 1
    }
    return (bucket, rank)
  }
}
