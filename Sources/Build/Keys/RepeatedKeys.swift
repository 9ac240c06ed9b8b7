// Keys that several rows have.  Where the keys of a part are merged, equal ones stand beside each other
// and are counted; what is left are the places where one part ends and the next begins.

import Foundations
import Storage

/// The rows whose key an earlier row has.
package struct RepeatedKeys: Codable, Sendable, Equatable {
  /// How many there are.
  package private(set) var count = 0
  /// Of the first such key by its bytes the first two rows, ascending; empty where there is none.
  package private(set) var first: [Int] = []

  package init() {}

  /// Sums up what the parts of the order of keys found.
  ///
  /// - Complexity: O(parts)
  init(
    parts paths: [String], rowBytes: Int, of keys: borrowing KeySource
  ) throws(WinnowError) {
    var last: Int?
    for path in paths {
      let file = try InputFile(path)
      let header = try file.elements(1, at: 0, of: KeyPartHeader.self)[0]
      func row(_ place: Int) throws(WinnowError) -> Int {
        let bytes: [UInt8] = try file.elements(rowBytes, at: KeyPartHeader.size + rowBytes * place)
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      let size = Int(header.count)
      if size == 0 { continue }
      let begin = try row(0)
      if let last, try Self.areEqual(last, begin, keys) {
        count += 1
        if first.isEmpty { first = [last, begin] }
      }
      count += Int(header.repeated)
      if header.firstRepeated > 0, first.isEmpty {
        let place = Int(header.firstRepeated)
        first = [try row(place - 1), try row(place)]
      }
      last = try row(size - 1)
    }
  }

  private static func areEqual(
    _ one: Int, _ other: Int, _ keys: borrowing KeySource
  ) throws(WinnowError) -> Bool {
    let (left, right) = (try keys.keys(one..<one + 1), try keys.keys(other..<other + 1))
    return left.key(0).elementsEqual(right.key(0))
  }
}
