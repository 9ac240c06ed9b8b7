import CZlib

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
