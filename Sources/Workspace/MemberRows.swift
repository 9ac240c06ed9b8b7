import Foundations
import Storage

/// An array of row numbers of a workspace, u4 or u8 on disk; every element read is checked.
public final class MemberRows: Sendable {
  private let path: String
  private let rows: Int
  public let count: Int
  private let narrow: MappedArray<UInt32>?
  private let wide: MappedArray<UInt64>?

  package init(_ path: String, rows: Int, candidates: Int) throws(WinnowError) {
    self.path = path
    self.rows = rows
    count = candidates
    if rows <= Int(UInt32.max) {
      narrow = try MappedArray(path, type: .uint32, shape: [candidates])
      wide = nil
    } else {
      narrow = nil
      wide = try MappedArray(path, type: .uint64, shape: [candidates])
    }
  }

  /// An element as it is on the disk.
  func element(_ position: Int) -> UInt64 {
    narrow != nil ? UInt64(narrow![position]) : wide![position]
  }

  /// - Throws: ``WinnowError`` when the element is no row of the workspace.
  public func row(_ position: Int) throws(WinnowError) -> Int {
    let row = element(position)
    guard row < UInt64(rows) else {
      throw damaged(path, "element \(position) is \(row), expected a row below \(rows)")
    }
    return Int(row)
  }

  /// Gives the elements of `range`, checked where asked, to one of the two bodies.
  ///
  /// - Complexity: O(range.count) when checked, else O(1)
  package func withRows<R>(
    _ range: Range<Int>, checked: Bool, narrow narrowBody: (UnsafeBufferPointer<UInt32>) -> R,
    wide wideBody: (UnsafeBufferPointer<UInt64>) -> R
  ) throws(WinnowError) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    if narrow != nil {
      let slice = UnsafeBufferPointer(rebasing: narrow!.elements[range])
      if checked { try check(slice, at: range.lowerBound) }
      return narrowBody(slice)
    }
    let slice = UnsafeBufferPointer(rebasing: wide!.elements[range])
    if checked { try check(slice, at: range.lowerBound) }
    return wideBody(slice)
  }

  private func check<Row: FixedWidthInteger>(
    _ slice: UnsafeBufferPointer<Row>, at start: Int
  ) throws(WinnowError) {
    let limit = UInt64(rows)
    for (place, row) in slice.enumerated() where UInt64(row) >= limit {
      throw damaged(path, "element \(start + place) is \(row), expected a row below \(rows)")
    }
  }
}
