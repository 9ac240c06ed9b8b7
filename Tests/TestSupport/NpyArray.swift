// A second, slow reader of .npy files, which shares nothing with the program's own: what one
// writes the other must understand.

import Foundation

/// A `.npy` array read whole: C order, little endian; a structured type keeps its fields.
public struct NpyArray: Sendable {
  /// A field's name (empty for a plain array), numpy's code such as `f4`, and its place in an item.
  public struct Field: Sendable, Equatable {
    public let name: String
    public let code: String
    public let offset: Int
  }

  public let shape: [Int]
  public let fields: [Field]
  public let itemSize: Int
  /// The items' bytes, without the header.
  public let bytes: [UInt8]

  public var count: Int { shape.reduce(1, *) }

  /// - Throws: ``RunFailure`` when the file is no such array.
  public init(_ path: String) throws {
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard file.count > 12, file.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw RunFailure("\(path): no .npy file")
    }
    let long = file[6] > 1
    let lengthBytes = file[8..<(long ? 12 : 10)]
    let start = (long ? 12 : 10) + lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: file[(long ? 12 : 10)..<start], as: UTF8.self)
    guard header.contains("'fortran_order': False") else {
      throw RunFailure("\(path): not in C order: \(header)")
    }
    let shapeText = try header.firstMatch(of: Regex(#"'shape': \(([0-9, ]*)\)"#))?[1].substring
    guard let shapeText else { throw RunFailure("\(path): no shape: \(header)") }
    shape = shapeText.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }

    let described = header.prefix { $0 != "}" }.split(separator: "'fortran_order'")[0]
    var fields: [Field] = []
    var offset = 0
    let types = try Regex(#"(?:'(\w*)', )?'([<|]?)([fuib])([0-9])'"#)
    for match in described.matches(of: types) {
      let code = "\(match[3].substring!)\(match[4].substring!)"
      fields.append(Field(name: String(match[1].substring ?? ""), code: code, offset: offset))
      offset += Int(match[4].substring!)!
    }
    guard !fields.isEmpty else { throw RunFailure("\(path): unknown type: \(header)") }
    self.fields = fields
    itemSize = offset
    bytes = Array(file[start...])
    guard bytes.count == count * itemSize else {
      throw RunFailure("\(path): \(bytes.count) bytes for \(count) items of \(itemSize)")
    }
  }

  /// Every item's value of one field, as an exact integer.
  public func integers(_ name: String = "") -> [Int] {
    let field = field(name)
    let width = Int(field.code.dropFirst())!
    return (0..<count).map { item in
      let start = item * itemSize + field.offset
      let bits = bytes[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard field.code.hasPrefix("i"), width < 8 else { return Int(truncatingIfNeeded: bits) }
      let shift = 64 - 8 * UInt64(width)
      return Int(Int64(bitPattern: bits << shift) >> shift)
    }
  }

  /// Every item's value of one field, widened.
  public func doubles(_ name: String = "") -> [Double] {
    let field = field(name)
    let raw = integers(name)
    return switch field.code {
    case "f8": raw.map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
    case "f4": raw.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
    case "f2": raw.map { widened(UInt16(truncatingIfNeeded: $0)) }
    default: raw.map(Double.init)
    }
  }

  private func field(_ name: String) -> Field {
    guard let field = fields.first(where: { $0.name == name }) else {
      preconditionFailure("no field \(name) in \(fields.map(\.name))")
    }
    return field
  }

  /// IEEE 754 binary16, by its definition.
  private func widened(_ half: UInt16) -> Double {
    let sign = half >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(half >> 10 & 31)
    let fraction = Double(half & 1023) / 1024
    return switch exponent {
    case 0: sign * fraction * 0x1p-14
    case 31: half & 1023 == 0 ? sign * .infinity : .nan
    default: sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
