import Storage

/// The keys of all rows, in either form.
final class KeyColumn: Sendable {
  private let hex: MappedArray<HexKey>?
  private let text: StringColumn?

  init(folder: String, kind: String, rows: Int) throws(WorkspaceError) {
    if kind == "hex" {
      hex = try storing { () throws(StorageError) in
        try MappedArray(folder + "/hex.npy", type: .uint64Pair, shape: [rows])
      }
      text = nil
    } else {
      hex = nil
      text = try storing { () throws(StorageError) in
        try StringColumn(folder: folder, rows: rows)
      }
    }
  }

  var isHex: Bool { hex != nil }

  func hexKey(_ row: Int) -> HexKey? { hex != nil ? hex![row] : nil }

  func text(_ row: Int) throws(WorkspaceError) -> String {
    if hex != nil { return hex![row].text }
    return try storing { () throws(StorageError) in try text!.text(row) }
  }
}
