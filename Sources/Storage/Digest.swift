import CZlib
import Crypto
import Foundations

/// A running SHA-256.
public struct Digest: Sendable {
  private var state = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state.update(bufferPointer: bytes)
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
  }

  /// The digest of all that was given so far, as 64 lower-case hex digits.
  public func hex() -> String {
    var text = ""
    for byte in state.finalize() {
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
    return text
  }

  /// The first 24 bytes of the digest, as three little-endian numbers.
  public func words() -> (UInt64, UInt64, UInt64) {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &words) { words in
      for (place, byte) in state.finalize().prefix(24).enumerated() { words[place] = byte }
    }
    return words
  }

  /// The digest of some bytes.
  public static func hex(of bytes: [UInt8]) -> String {
    var digest = Digest()
    digest.update(bytes)
    return digest.hex()
  }

  private static let digits = Array("0123456789abcdef")

  /// SHA-256 of a whole file.
  ///
  /// - Complexity: O(bytes), one buffer of memory.
  public static func ofFile(_ path: String) throws(WinnowError) -> String {
    var digest = Digest()
    try InputFile(path).forEachBlock { digest.update($0) }
    return digest.hex()
  }
}

/// A running CRC-32 as zip archives have it (polynomial 0xEDB88320).
public struct CRC32: Sendable {
  private var state: UInt = 0

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    state = crc32_z(state, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
  }

  /// The checksum of all that was given so far.
  public var value: UInt32 { UInt32(truncatingIfNeeded: state) }
}
