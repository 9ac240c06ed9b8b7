// The seal of a binary result: the last 24 of its 64 bytes of header begin the SHA-256 of all else.
// Like a ``SealedFile`` it is not forced to the disk; a torn file shows.

import Storage

package enum HeaderSeal {
  /// Bytes of the header, and where in it the seal is.
  private static let (size, place) = (64, 40)

  /// The seal of a file of these pieces, the first of which is a header whose seal is not set.
  package static func seal(_ pieces: [UnsafeRawBufferPointer]) -> (UInt64, UInt64, UInt64) {
    var digest = Digest()
    digest.update(UnsafeRawBufferPointer(rebasing: pieces[0][..<place]))
    for piece in pieces.dropFirst() { digest.update(piece) }
    return digest.words()
  }

  /// Whether the file at `path` is as it was written.
  ///
  /// - Complexity: O(bytes)
  package static func isWhole(_ path: String) -> Bool {
    guard let file = try? InputFile(path), file.size >= size else { return false }
    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { space.deallocate() }
    var digest = Digest()
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var offset = 0
    while let count = try? file.read(into: space, at: offset), count > 0 {
      var begin = 0
      if offset == 0 {
        guard count >= size else { return false }
        digest.update(UnsafeRawBufferPointer(rebasing: space[..<place]))
        words = space.loadUnaligned(fromByteOffset: place, as: (UInt64, UInt64, UInt64).self)
        begin = size
      }
      digest.update(UnsafeRawBufferPointer(rebasing: space[begin..<count]))
      offset += count
    }
    return offset == file.size && digest.words() == words
  }
}
