/// The first place of a range from which `holds` is true; the end of the range where it never is.
///
/// - Parameter holds: false for the places before, true from there on.
/// - Complexity: O(log n) calls.
@inlinable
public func firstPlace<Failure: Error>(
  in range: Range<Int>, where holds: (_ place: Int) throws(Failure) -> Bool
) throws(Failure) -> Int {
  var (low, high) = (range.lowerBound, range.upperBound)
  while low < high {
    let middle = low + (high - low) / 2
    if try holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
