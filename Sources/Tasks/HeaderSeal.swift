// The seal of a binary result: the last 24 of its 64 bytes of header begin the SHA-256 of all else.
// Like a ``SealedFile`` it is not forced to the disk; a torn file shows.

import Foundations
import Storage

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
