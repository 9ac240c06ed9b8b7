// One writer at a time in a folder, over all processes of a machine, for files that are read,
// changed and written again.

import Foundations
import Glibc

/// Holds a folder for this process until it is dropped; the end of the process drops it, too.
///
/// Where the file system knows no locks, nothing is held: what must be right even then has to be
/// (``AtomicFile/writeNew(_:to:)``).
public struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until no other process holds the folder.
  public init(_ folder: String) throws(WinnowError) {
    let descriptor = retrying { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(folder, "open the folder", reading: true) }
    _ = retrying { flock(descriptor, LOCK_EX) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
