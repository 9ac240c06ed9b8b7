import Foundations
import Storage

/// The keys of all rows, in either form.
package final class KeyColumn: Sendable {
  private let hex: MappedArray<HexKey>?
  private let text: StringColumn?

  package init(folder: String, kind: String, rows: Int) throws(WinnowError) {
    if kind == "hex" {
      hex = try MappedArray(folder + "/hex.npy", type: .uint64Pair, shape: [rows])
      text = nil
    } else {
      hex = nil
      text = try StringColumn(folder: folder, rows: rows)
    }
  }

  package var isHex: Bool { hex != nil }

  package func hexKey(_ row: Int) -> HexKey? { hex != nil ? hex![row] : nil }

  package func text(_ row: Int) throws(WinnowError) -> String {
    if hex != nil { return hex![row].text }
    return try text!.text(row)
  }
}
