/// A file inside a zip archive, and where its bytes are.
public struct ZipMember: Sendable, Equatable, Codable {
  /// How its bytes lie in the archive.
  public enum Method: String, Sendable, Codable {
    /// As they are.
    case stored
    /// Compressed by deflate.
    case deflated
  }

  public let name: String
  public let method: Method
  /// Where its bytes begin in the archive.
  public let dataOffset: Int
  /// Its bytes in the archive.
  public let storedSize: Int
  /// Its bytes when it is taken out; ``storedSize`` where it is stored as it is.
  public let size: Int
  /// CRC-32 of its bytes when it is taken out, as the archive says.
  public let checksum: UInt32
}
