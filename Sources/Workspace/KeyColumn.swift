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

/// A key of 32 lower-case hex digits as a 128-bit number.
public struct HexKey: BitwiseCopyable, Sendable, Comparable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The number that 32 lower-case hex digits spell, or nil for any other text.
  public init?(_ digits: ArraySlice<UInt8>) {
    guard digits.count == 32 else { return nil }
    var halves: (UInt64, UInt64) = (0, 0)
    for (place, digit) in digits.enumerated() {
      let value: UInt64
      switch digit {
      case 0x30...0x39: value = UInt64(digit - 0x30)
      case 0x61...0x66: value = UInt64(digit - 0x61 + 10)
      default: return nil
      }
      if place < 16 { halves.0 = halves.0 << 4 | value } else { halves.1 = halves.1 << 4 | value }
    }
    (high, low) = halves
  }

  /// The 32 digits.
  public var text: String { Self.digits(high) + Self.digits(low) }

  private static func digits(_ half: UInt64) -> String {
    padded(String(half, radix: 16), 16)
  }

  public static func < (a: HexKey, b: HexKey) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }
}
