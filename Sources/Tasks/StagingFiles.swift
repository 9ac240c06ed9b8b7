// The files of a workspace in the making, with their sizes and digests.

import Foundations
import Storage
import Synchronization

/// Writes files below a staging folder and remembers what they hold.
final class StagingFiles: Sendable {
  let folder: String
  private let seals = Mutex<[String: FileSeal]>([:])

  init(folder: String) { self.folder = folder }

  /// Every file of the workspace so far: its name below the folder, its size and digest.
  var files: [String: FileSeal] {
    seals.withLock { $0.filter { !$0.key.hasPrefix(stageFolder + "/") } }
  }

  /// The same with what lies below stage/ for later stages.
  var all: [String: FileSeal] { seals.withLock { $0 } }

  func record(_ name: String, _ seal: FileSeal) { seals.withLock { $0[name] = seal } }

  /// Takes over what another recorder has, or an earlier build left.
  func adopt(_ files: [String: FileSeal]) {
    seals.withLock { $0.merge(files) { $1 } }
  }

  /// Writes `NAME`, an array of these bytes.
  func writeArray(
    _ name: String, _ type: NpyType, shape: [Int], _ bytes: UnsafeRawBufferPointer
  ) throws(WinnowError) {
    var file = try AtomicFile(folder + "/" + name)
    try file.write(NpyHeader.bytes(type, shape: shape))
    try file.write(bytes)
    record(name, try file.commit())
  }

  /// Writes `NAME`, an array of these elements.
  func writeArray<Element: BitwiseCopyable>(
    _ name: String, _ type: NpyType, shape: [Int], elements: [Element]
  ) throws(WinnowError) {
    var file = try AtomicFile(folder + "/" + name)
    try file.write(NpyHeader.bytes(type, shape: shape))
    try file.write(elements: elements)
    record(name, try file.commit())
  }

  func write(_ name: String, _ bytes: [UInt8]) throws(WinnowError) {
    record(name, try AtomicFile.write(bytes, to: folder + "/" + name))
  }
}
