// The result of a task: its bytes, and behind them a line with their SHA-256.  Nothing forces it to
// the disk when it is written, which would cost more than many tasks: a file that a loss of power
// tore is seen by its seal, and its task done again.

import FoundationEssentials
import Foundations
import Storage

package enum SealedFile {
  /// The bytes behind the contents: a newline, 64 hex digits, a newline.
  package static let sealBytes = 66

  /// Writes the arrays' bytes one after another, and their seal.
  package static func write<each Element: BitwiseCopyable>(
    _ arrays: repeat [each Element], to path: String
  ) throws(WinnowError) {
    var file = try StageFile(path)
    var digest = Digest()
    for array in repeat each arrays {
      try withBytes(of: array) { (bytes) throws(WinnowError) in
        digest.update(bytes)
        try file.write(bytes)
      }
    }
    try file.write(elements: Array("\n\(digest.hex())\n".utf8))
    try file.commit()
  }

  /// The contents of a sealed file; nil where none is, or a torn one.
  package static func read(_ path: String) -> [UInt8]? {
    guard pathKind(path) == .file,
      var bytes = try? InputFile.contents(of: path, limit: .max), bytes.count >= sealBytes
    else { return nil }
    let seal = bytes[(bytes.count - sealBytes)...]
    var digest = Digest()
    bytes.withUnsafeBytes {
      digest.update(UnsafeRawBufferPointer(rebasing: $0[..<($0.count - sealBytes)]))
    }
    guard seal.elementsEqual("\n\(digest.hex())\n".utf8) else { return nil }
    bytes.removeLast(sealBytes)
    return bytes
  }

  /// Writes a value as readable JSON.
  package static func write(json value: some Encodable, to path: String) throws(WinnowError) {
    var bytes = try encodeJSON(value)
    bytes.removeLast()
    try write(bytes, to: path)
  }

  /// The value of a sealed JSON file; nil where none is, or one of another form.
  package static func read<Value: Decodable>(json _: Value.Type, _ path: String) -> Value? {
    guard let bytes = read(path) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  /// The same of a file that this build has seen.
  ///
  /// - Throws: ``WinnowError`` where none is any more, or one of another form.
  package static func require<Value: Decodable>(
    json type: Value.Type, _ path: String
  ) throws(WinnowError) -> Value {
    guard let value = read(json: type, path) else { throw changed(path) }
    return value
  }

  package static func changed(_ path: String) -> WinnowError {
    damaged(path, "it was changed during the build")
  }
}

/// The arrays of a sealed file, taken one after another.
package struct SealedArrays {
  private let bytes: [UInt8]
  private var offset = 0

  /// - Throws: ``WinnowError`` where no whole file is.
  package init(_ path: String) throws(WinnowError) {
    guard let bytes = SealedFile.read(path) else { throw SealedFile.changed(path) }
    self.bytes = bytes
  }

  package var isAtEnd: Bool { offset == bytes.count }

  /// The next elements; nil where there are not so many.
  package mutating func take<Element: BitwiseCopyable>(
    _ count: Int, of _: Element.Type
  ) -> [Element]? {
    let (size, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !isTooLarge, size <= bytes.count - offset else { return nil }
    defer { offset += size }
    return [Element](unsafeUninitializedCapacity: count) { target, filled in
      bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + size]))
      }
      filled = count
    }
  }
}

// The seal of a binary result: the last 24 of its 64 bytes of header begin the SHA-256 of all else.
// Like a ``SealedFile`` it is not forced to the disk; a torn file shows.

/// The first 64 bytes of a binary result, the last 24 of them its seal.
package protocol SealedHeader: BitwiseCopyable {
  static var magic: UInt64 { get }
  var magic: UInt64 { get }
  var seal: (UInt64, UInt64, UInt64) { get set }
}

/// Bytes of a header, and where in it the seal is.
private let (headerSize, sealPlace) = (64, 40)

extension SealedHeader {
  package static var size: Int { headerSize }

  /// The header of a file; nil where it has none, or one of another kind.
  package static func read(_ file: borrowing InputFile) throws(WinnowError) -> Self? {
    guard file.size >= size else { return nil }
    let header = try file.elements(1, at: 0, of: Self.self)[0]
    return header.magic == magic ? header : nil
  }

  /// Writes the file: the header with the seal of everything, and the pieces that follow it.
  package func write(_ pieces: UnsafeRawBufferPointer..., to path: String) throws(WinnowError) {
    var digest = Digest()
    withUnsafeBytes(of: self) {
      digest.update(UnsafeRawBufferPointer(rebasing: $0[..<sealPlace]))
    }
    for piece in pieces { digest.update(piece) }
    var sealed = self
    sealed.seal = digest.words()
    var file = try StageFile(path)
    try file.write(elements: [sealed])
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}

package enum HeaderSeal {
  /// Whether the file at `path` is as it was written.
  ///
  /// - Complexity: O(bytes)
  package static func isWhole(_ path: String) -> Bool {
    guard let file = try? InputFile(path), file.size >= headerSize,
      let words = try? file.elements(3, at: sealPlace, of: UInt64.self)
    else { return false }
    var digest = Digest()
    guard (try? file.forEachBlock(0..<sealPlace) { digest.update($0) }) != nil,
      (try? file.forEachBlock(headerSize..<file.size) { digest.update($0) }) != nil
    else { return false }
    return digest.words() == (words[0], words[1], words[2])
  }
}
