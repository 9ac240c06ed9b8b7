// A workspace's identity: the SHA-256 over the lines `DIGEST  NAME\n` of all its files but
// build-log.json, plans/ and stage/, sorted by name: what `sha256sum` prints of them, hashed again.

import Foundations
import Storage

package enum Fingerprint {
  private static let outside: Set<String> = ["build-log.json", "plans", "stage"]

  /// The files of the identity below `folder`, by their names relative to it, sorted.
  package static func files(in folder: String) throws(WinnowError) -> [String] {
    try names(in: folder, prefix: "").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func names(
    in folder: String, prefix: String
  ) throws(WinnowError) -> [String] {
    var found: [String] = []
    for name in try namesInFolder(folder) where !(prefix.isEmpty && outside.contains(name)) {
      let path = folder + "/" + name
      if pathKind(path) == .folder {
        found += try names(in: path, prefix: prefix + name + "/")
      } else {
        found.append(prefix + name)
      }
    }
    return found
  }

  /// The fingerprint of files with these digests.
  package static func of(_ digests: [String: String]) -> String {
    var digest = Digest()
    for (name, hex) in digests.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      digest.update(Array("\(hex)  \(name)\n".utf8))
    }
    return digest.hex()
  }
}
