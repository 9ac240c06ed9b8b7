// The files of a workspace in the making, with their sizes and digests.

import Foundations
import Storage
import Synchronization

/// Writes files below a staging folder and remembers what they hold.
package final class StagingFiles: Sendable {
  package let folder: String
  private let seals = Mutex<[String: FileSeal]>([:])

  package init(folder: String) { self.folder = folder }

  /// Every file so far: its name below the folder, its size and digest.
  package var all: [String: FileSeal] { seals.withLock { $0 } }

  package func record(_ name: String, _ seal: FileSeal) { seals.withLock { $0[name] = seal } }

  /// Begins `NAME`, an array.
  package func open(
    _ name: String, _ type: NpyType, shape: [Int]
  ) throws(WinnowError) -> AtomicFile {
    try AtomicFile.array(folder + "/" + name, type, shape: shape)
  }

  package func writeArray<Element: BitwiseCopyable>(
    _ name: String, _ type: NpyType, shape: [Int], elements: [Element]
  ) throws(WinnowError) {
    var file = try open(name, type, shape: shape)
    try file.write(elements: elements)
    record(name, try file.commit())
  }

  package func write(_ name: String, _ bytes: [UInt8]) throws(WinnowError) {
    record(name, try AtomicFile.write(bytes, to: folder + "/" + name))
  }
}
