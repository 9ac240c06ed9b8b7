import Build
import Foundation
import TestSupport
import Workspace

/// A workspace with every kind of file in it, and what went into it.
package struct SampleWorkspace {
  package let folder: TemporaryFolder
  package let workspace: OpenWorkspace
  package let rows: [[Float]]
  package let invalid = [3, 40]

  package init(clusters: Int = 5, hex: Bool = false) throws {
    let folder = try TemporaryFolder()
    var rows = clumpedRows(90, dimensions: 4)
    for row in invalid { rows[row] = [0, 0, 0, 0] }
    let input = try folder.clipRetrieval("in", [rows]) { _ in
      "key,caption,similarity\n"
        + (0..<90).map { row in
          let digits = String(slowHash(8, UInt64(row)), radix: 16)
          let key = String(repeating: "0", count: 32 - digits.count) + digits
          let similarity = row % 9 == 4 ? "" : "\(Float(row * 7 % 11) / 11)"
          return "\(hex ? key : "key \(row)"),caption \(row),\(similarity)\n"
        }.joined()
    }
    workspace = try folder.build([input], clusters: clusters) { $0.skipInvalid = true }
    self.folder = folder
    self.rows = rows
  }

  /// The file `name` with other bytes.
  package func change(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    let url = URL(fileURLWithPath: folder("ws/" + name))
    var bytes = [UInt8](try Data(contentsOf: url))
    change(&bytes)
    try Data(bytes).write(to: url)
  }

  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: folder("ws/" + name))
  }

  /// What opening the workspace says, or nil.
  package func refusalToOpen() -> String? {
    refusal { _ = try OpenWorkspace(path: folder("ws")) }
  }
}

extension [UInt8] {
  /// Replaces the first occurrence of a text by one of the same length.
  package mutating func replace(_ text: String, _ other: String) {
    let (old, new) = (Array(text.utf8), Array(other.utf8))
    precondition(old.count == new.count)
    let place = indices.first { self[$0...].starts(with: old) }!
    replaceSubrange(place..<place + old.count, with: new)
  }

  /// Replaces the bytes at `offset` from the end by those of `value`.
  package mutating func set(_ value: some BitwiseCopyable, fromEnd offset: Int) {
    let bytes = Swift.withUnsafeBytes(of: value) { [UInt8]($0) }
    replaceSubrange(count - offset..<count - offset + bytes.count, with: bytes)
  }
}
