// One process at a time: a lock on a file, which the end of the process gives up, however it ends.

import Foundations
import Glibc

/// Holds a file or a folder for this process until it is dropped.
///
/// Where the file system knows no locks, nothing is held.
public struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Makes the file at `path`, locks it, and writes this process's number into it.
  ///
  /// - Parameter isShared: others may share it, and nothing is written.
  /// - Returns: nil when another process, or another lock of this one, holds it.
  /// - Throws: ``WinnowError`` when the file cannot be made.
  public init?(_ path: String, isShared: Bool = false) throws(WinnowError) {
    let operation = (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB
    while true {
      let descriptor = retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
      guard descriptor >= 0 else { throw .system(path, "lock it") }
      if retrying({ flock(descriptor, operation) }) != 0, errno == EWOULDBLOCK {
        close(descriptor)
        return nil
      }
      // Who held it before may have moved or removed the file meanwhile.
      var (held, there) = (stat(), stat())
      if fstat(descriptor, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino,
        held.st_dev == there.st_dev
      {
        if !isShared {
          let number = Array("\(getpid())\n".utf8)
          ftruncate(descriptor, 0)
          _ = pwrite(descriptor, number, number.count, 0)
        }
        self.descriptor = descriptor
        return
      }
      close(descriptor)
      if !isWritableFolder(parentFolder(path)) { throw .system(path, "lock it", code: ENOENT) }
    }
  }

  /// Waits until no other process holds a folder, whose files are then read, changed and written.
  ///
  /// What must be right even where nothing is held has to be (``AtomicFile/writeNew(_:to:)``).
  public init(waitingFor folder: String) throws(WinnowError) {
    let descriptor = retrying { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(folder, "open the folder", reading: true) }
    _ = retrying { flock(descriptor, LOCK_EX) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The number of the process that wrote itself into the lock, where it can be read.
  public static func holder(_ path: String) -> Int? {
    guard let bytes = try? InputFile.contents(of: path, limit: 64) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
  }
}
