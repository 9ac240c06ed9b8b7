import Foundations
import Storage
import Tasks

/// The first 64 bytes of a binary result, the last of them its ``HeaderSeal``.
protocol SealedHeader: BitwiseCopyable {
  var seal: (UInt64, UInt64, UInt64) { get set }
}

extension SealedHeader {
  /// Writes the file: the header with the seal of everything, and the pieces that follow it.
  func write(_ pieces: UnsafeRawBufferPointer..., to path: String) throws(WinnowError) {
    var sealed = self
    sealed.seal = withUnsafeBytes(of: self) { HeaderSeal.seal([$0] + pieces) }
    var file = try StageFile(path)
    try file.write(elements: [sealed])
    for piece in pieces { try file.write(piece) }
    try file.commit()
  }
}
