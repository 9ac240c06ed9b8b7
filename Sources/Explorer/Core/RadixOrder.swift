// Sorting concepts by a column. A key press may re-sort 50,000 of them within a frame, so the
// order comes from a radix sort over the bits of the values: linear, stable, without comparisons.

import Foundations

/// The positions 0..<n ordered by value; equal values as in `ties`, or else by the lower position,
/// either way.
///
/// Values that are not numbers come last.
/// - Parameter ties: every position once.
/// - Complexity: O(n): at most six passes, fewer where digits agree.
package func radixOrder(
  _ values: [Double], descending: Bool, ties: [Int]? = nil
) -> [Int] {
  let sortKeys = values.map { value in
    value.isNaN ? UInt64.max : descending ? ~orderedBits(value) : orderedBits(value)
  }
  return radixOrder(of: sortKeys, ties)
}

/// The same for whole numbers that are less than 2^63 apart.
/// - Complexity: O(n), with a pass for every 11 bits in which the values differ.
package func radixOrder(counts values: [Int], descending: Bool) -> [Int] {
  guard let least = values.min(), let most = values.max() else { return [] }
  // Counted from the first one, so that the upper bits agree.
  return radixOrder(
    of: values.map { UInt64(bitPattern: Int64(descending ? most &- $0 : $0 &- least)) }, nil)
}

/// The positions ordered by ascending key.
private func radixOrder(of sortKeys: [UInt64], _ ties: [Int]?) -> [Int] {
  let count = sortKeys.count
  var (some, all) = (UInt64.zero, UInt64.max)
  for sortKey in sortKeys {
    some |= sortKey
    all &= sortKey
  }
  let differing = some ^ all
  var order = ties ?? Array(0..<count)
  var next = [Int](repeating: 0, count: count)
  // Digits of 11 bits: six of them, and their counts stay in the nearest cache.
  let (width, digits) = (UInt64(11), 1 << 11)
  let mask = UInt64(digits - 1)
  var counts = [Int](repeating: 0, count: digits)
  for shift in stride(from: UInt64(0), to: 64, by: Int(width)) where differing >> shift & mask != 0
  {
    for digit in 0..<digits { counts[digit] = 0 }
    for sortKey in sortKeys { counts[Int(sortKey >> shift & mask)] += 1 }
    var sum = 0
    for digit in 0..<digits {
      let here = counts[digit]
      counts[digit] = sum
      sum += here
    }
    for index in order {
      let digit = Int(sortKeys[index] >> shift & mask)
      next[counts[digit]] = index
      counts[digit] += 1
    }
    swap(&order, &next)
  }
  return order
}
