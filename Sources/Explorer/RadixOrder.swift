// Sorting concepts by a column. A key press may re-sort 50,000 of them within a frame, so the
// order comes from a radix sort over the bits of the values: linear, stable, without comparisons.

/// The positions 0..<n ordered by value; equal values by the lower position, either way.
///
/// Values that are not numbers come last.
/// - Complexity: O(n): at most eight passes, fewer where bytes agree.
package func radixOrder(_ values: [Double], descending: Bool) -> [Int] {
  let count = values.count
  guard count > 1 else { return Array(0..<count) }
  var keys = [UInt64](repeating: 0, count: count)
  for index in 0..<count {
    let value = values[index] == 0 ? 0 : values[index]  // one zero, not two
    guard !value.isNaN else {
      keys[index] = UInt64.max
      continue
    }
    let bits = value.bitPattern
    let ascending = bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    keys[index] = descending ? ~ascending : ascending
  }
  return radixOrder(of: keys)
}

/// The same for whole numbers that are less than 2^63 apart.
/// - Complexity: O(n), with a pass for each byte in which the values differ.
package func radixOrder(counts values: [Int], descending: Bool) -> [Int] {
  guard let least = values.min(), let most = values.max() else { return [] }
  // Counted from the first one, so that the upper bytes agree.
  return radixOrder(
    of: values.map { UInt64(bitPattern: Int64(descending ? most &- $0 : $0 &- least)) })
}

/// The positions ordered by ascending key; equal keys by the lower position.
private func radixOrder(of keys: [UInt64]) -> [Int] {
  let count = keys.count
  var (some, all) = (UInt64.zero, UInt64.max)
  for key in keys {
    some |= key
    all &= key
  }
  let differing = some ^ all
  var order = [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
    for index in 0..<count { buffer[index] = Int32(truncatingIfNeeded: index) }
    filled = count
  }
  var next = [Int32](repeating: 0, count: count)
  var counts = [Int](repeating: 0, count: 256)
  for shift in stride(from: UInt64(0), to: 64, by: 8) where differing >> shift & 255 != 0 {
    for digit in 0..<256 { counts[digit] = 0 }
    for key in keys { counts[Int(key >> shift & 255)] += 1 }
    var sum = 0
    for digit in 0..<256 {
      let here = counts[digit]
      counts[digit] = sum
      sum += here
    }
    for index in order {
      let digit = Int(keys[Int(index)] >> shift & 255)
      next[counts[digit]] = index
      counts[digit] += 1
    }
    swap(&order, &next)
  }
  return order.map(Int.init)
}
