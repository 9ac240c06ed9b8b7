extension Range<Int> {
  /// The first index for which `isBeyond` holds, found by bisection; the upper bound where it holds
  /// for none.
  ///
  /// - Precondition: it holds for every index behind one for which it holds.
  /// - Complexity: O(log count) calls
  @inlinable
  public func partitioningIndex<Failure>(
    where isBeyond: (Int) throws(Failure) -> Bool
  ) throws(Failure) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if try isBeyond(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

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
