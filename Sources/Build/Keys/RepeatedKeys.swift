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

  /// Sums up what the parts of the order of keys found.
  ///
  /// - Parameters:
  ///   - paths: the parts, in order.
  ///   - rowBytes: bytes of a row number in them, 4 or 8.
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

extension LocalBuild {
  /// What is to be said about keys that several rows have.
  ///
  /// In a DataComp pool a key is a uid, and a list of uids that means two rows means something else
  /// than it says: there it is an error unless it is allowed.  Other inputs may have such keys.
  ///
  /// - Throws: ``WinnowError`` that names both places of the first one.
  func check(_ repeated: RepeatedKeys, kind: String) throws(WinnowError) {
    guard repeated.count > 0 else { return }
    let rows = "\(repeated.count) row\(repeated.count == 1 ? " has" : "s have")"
    let text = "\(rows) a key that an earlier row has"
    guard dataset.inputs.contains(where: { $0.layout == .datacomp }), !parameters.allowDuplicates
    else { return observer.message("keys: \(text)") }
    let keys = try KeyColumn(folder: staging.folder + "/keys", kind: kind, rows: dataset.rows)
    let places = repeated.first.map { row in
      let shard = blocks.shard(of: row)
      let path = dataset.shards[shard].metadata?.path ?? dataset.shards[shard].path
      return "\(path), row \(row - dataset.firstRows[shard])"
    }
    throw .invalid(
      "\(places[1]): expected every key once, found \(VisibleKey(try keys.text(repeated.first[1]))) "
        + "that is also in \(places[0]) (\(text)); remove the rows, or keep and count them with "
        + "--allow-duplicates")
  }
}

/// A key for a message: quoted, without control characters, at most 80 characters.
private struct VisibleKey: CustomStringConvertible {
  let description: String

  init(_ key: String) {
    let visible = key.prefix(80).map { character in
      character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "?" : character
    }
    description = "'\(String(visible))\(key.count > 80 ? "…" : "")'"
  }
}
