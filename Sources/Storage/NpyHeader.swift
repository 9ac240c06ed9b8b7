// The .npy format, versions 1 to 3: magic, version, length, a Python dictionary as text, data.
// Source: NEP 1, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import Foundations

/// How one element of an array lies in memory.
public enum NpyType: Sendable, Equatable, CustomStringConvertible {
  /// A numpy type string such as `<f4` or `|u1`.
  case scalar(String)
  /// A structured element: field names with their type strings, in order.
  case fields([NpyField])

  public static let bool = NpyType.scalar("|b1")
  public static let uint8 = NpyType.scalar("|u1")
  public static let uint32 = NpyType.scalar("<u4")
  public static let uint64 = NpyType.scalar("<u8")
  public static let int64 = NpyType.scalar("<i8")
  public static let float16 = NpyType.scalar("<f2")
  public static let float32 = NpyType.scalar("<f4")
  public static let float64 = NpyType.scalar("<f8")
  /// numpy's `"u8,u8"`: a 128-bit number as its high and low half.
  public static let uint64Pair = NpyType.fields([
    NpyField(name: "f0", type: "<u8"), NpyField(name: "f1", type: "<u8"),
  ])

  public var description: String {
    switch self {
    case .scalar(let type): "'\(type)'"
    case .fields(let fields):
      "[" + fields.map { "('\($0.name)', '\($0.type)')" }.joined(separator: ", ") + "]"
    }
  }

  /// Bytes of one element, or nil for a type string without a size.
  public var stride: Int? {
    switch self {
    case .scalar(let type):
      return Int(type.drop { !$0.isNumber })
    case .fields(let fields):
      let sizes = fields.compactMap { NpyType.scalar($0.type).stride }
      return sizes.count == fields.count ? sizes.reduce(0, +) : nil
    }
  }
}

/// A named part of a structured element.
public struct NpyField: Sendable, Equatable {
  public let name: String
  public let type: String

  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }
}

/// What a .npy file says of itself.
public struct NpyHeader: Sendable, Equatable {
  public let type: NpyType
  public let shape: [Int]
  public let isFortranOrder: Bool
  /// Where the data begins, in bytes.
  public let dataOffset: Int

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Reads and checks the header of an open file; its length must be what the header promises.
  ///
  /// - Throws: ``WinnowError`` for another kind of file, a damaged header or a file that is
  ///   longer or shorter than header and shape say.
  public init(of file: borrowing InputFile) throws(WinnowError) {
    try self.init(file.path, size: file.size) { (count, offset) throws(WinnowError) in
      try file.elements(count, at: offset)
    }
  }

  /// What every array begins with.
  public static let magic = [0x93] + Array("NUMPY".utf8)

  /// Reads and checks the header of an array that is a part of a file.
  ///
  /// - Parameters:
  ///   - path: what errors name.
  ///   - size: bytes of header and data.
  ///   - read: gives that many bytes of the array, within `size`, from an offset on.
  /// - Throws: as ``init(of:)``, and what `read` throws.
  public init(
    _ path: String, size: Int,
    read: (_ count: Int, _ offset: Int) throws(WinnowError) -> [UInt8]
  ) throws(WinnowError) {
    let start = try read(min(12, size), 0)
    guard start.count >= 10, start.starts(with: Self.magic) else {
      throw WinnowError(
        path: path, fault: "expected a .npy file, found one without numpy's magic bytes",
        remedy: "write it with numpy.save")
    }
    let wide = start[6] >= 2
    guard (1...3).contains(start[6]), start.count == 12 || !wide else {
      throw WinnowError(
        path: path, fault: "expected .npy version 1 to 3, found \(start[6]).\(start[7])",
        remedy: "write it with numpy.save")
    }
    let begin = wide ? 12 : 10
    let length =
      Int(start[8]) | Int(start[9]) << 8 | (wide ? Int(start[10]) << 16 | Int(start[11]) << 24 : 0)
    guard length <= 1 << 20, begin + length <= size else {
      throw WinnowError(
        path: path, fault: "expected a header of \(length) bytes, found a file of \(size)",
        remedy: "it is truncated or damaged: fetch or write it again")
    }
    guard case .dictionary(let entries)? = PythonLiteral.parse(try read(length, begin)),
      let type = entries["descr"].flatMap(Self.type),
      case .boolean(let order)? = entries["fortran_order"],
      let shape = entries["shape"]?.integers
    else {
      throw WinnowError(
        path: path, fault: "its header is not numpy's dictionary of descr, fortran_order and shape",
        remedy: "write it with numpy.save")
    }
    self.type = type
    self.shape = shape
    isFortranOrder = order
    dataOffset = begin + length
    var bytes = type.stride
    for extent in shape {
      let (product, overflow) = (bytes ?? 0).multipliedReportingOverflow(by: extent)
      bytes = overflow || extent < 0 ? nil : bytes.map { _ in product }
    }
    guard let bytes, bytes <= Int.max - dataOffset else {
      throw WinnowError(
        path: path,
        fault: "its header has an unusable element type or shape: \(type), \(shape)")
    }
    guard dataOffset + bytes == size else {
      throw WinnowError(
        path: path,
        fault: "expected \(dataOffset + bytes) bytes for shape \(Self.text(shape)) of \(type), "
          + "found \(size)",
        remedy: size < dataOffset + bytes
          ? "it is truncated: fetch or write it again" : "it has extra bytes after the array")
    }
  }

  private static func type(_ literal: PythonLiteral) -> NpyType? {
    switch literal {
    case .string(let type): return .scalar(type)
    case .list(let items):
      var fields: [NpyField] = []
      for item in items {
        guard case .list(let pair) = item, pair.count == 2, case .string(let name) = pair[0],
          case .string(let type) = pair[1]
        else { return nil }
        fields.append(NpyField(name: name, type: type))
      }
      return .fields(fields)
    default: return nil
    }
  }

  /// A shape as Python writes it: `(3,)`, `(3, 4)`.
  public static func text(_ shape: [Int]) -> String {
    shape.count == 1
      ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
  }

  /// The bytes that `numpy.save` puts before the data of a C-ordered array.
  ///
  /// Like numpy, it leaves room for the first extent to grow to 21 digits and always pads, by
  /// 1 to 64 blanks, to a multiple of 64 bytes.
  public static func bytes(_ type: NpyType, shape: [Int]) -> [UInt8] {
    var text =
      "{'descr': \(type), 'fortran_order': False, 'shape': \(Self.text(shape)), }"
    if let first = shape.first {
      text += String(repeating: " ", count: 21 - String(first).count)
    }
    let unpadded = text.utf8.count + 1
    let padding = 64 - (10 + unpadded) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}

extension AtomicFile {
  /// Begins the file of a C-ordered array, whose elements follow.
  public static func array(
    _ path: String, _ type: NpyType, shape: [Int], capacity: Int = 1 << 20, isDurable: Bool = true
  ) throws(WinnowError) -> AtomicFile {
    var file = try AtomicFile(path, capacity: capacity, isDurable: isDurable)
    try file.write(NpyHeader.bytes(type, shape: shape))
    return file
  }
}
