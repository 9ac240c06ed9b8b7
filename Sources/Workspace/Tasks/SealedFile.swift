// The result of a task: its bytes, and behind them a line with their SHA-256.  Nothing forces it to
// the disk when it is written, which would cost more than many tasks: a file that a loss of power
// tore is seen by its seal, and its task done again.

import FoundationEssentials
import Storage

enum SealedFile {
  /// The bytes behind the contents: a newline, 64 hex digits, a newline.
  static let sealBytes = 66

  /// Writes pieces one after another, and their seal.
  static func write(_ pieces: [UnsafeRawBufferPointer], to path: String) throws(WorkspaceError) {
    try storing { () throws(StorageError) in
      var file = try StageFile(path)
      var digest = Digest()
      for piece in pieces {
        digest.update(piece)
        try file.write(piece)
      }
      try file.write(elements: Array("\n\(digest.hex())\n".utf8))
      try file.commit()
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(WorkspaceError) {
    var failure: WorkspaceError?
    bytes.withUnsafeBytes { bytes in
      do throws(WorkspaceError) { try write([bytes], to: path) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The contents of a sealed file; nil where none is, or a torn one.
  static func read(_ path: String) -> [UInt8]? {
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
  static func write(json value: some Encodable, to path: String) throws(WorkspaceError) {
    var bytes = try encodeJSON(value)
    bytes.removeLast()
    try write(bytes, to: path)
  }

  /// The value of a sealed JSON file; nil where none is, or one of another form.
  static func read<Value: Decodable>(json _: Value.Type, _ path: String) -> Value? {
    guard let bytes = read(path) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }
}
