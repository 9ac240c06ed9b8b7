// Words for a shell: in commands that are recorded, and in scripts that are written.

import Foundations

/// A word as a POSIX shell reads it back.
package func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy {
    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
      || [0x2D, 0x2E, 0x2F, 0x5F, 0x2C, 0x3D, 0x25, 0x2B].contains($0)
  }
  return plain && !word.isEmpty ? word : quoted(word, "'", escaped: "'\\''")
}
