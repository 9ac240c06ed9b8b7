// The explorer solves a plan at every key press, in arrays of k numbers that live until the next
// one.  glibc gives such blocks back to the system as soon as they lie at the end of the heap, and
// gets them anew, page by page, at the next key: at k = 50,000 that is a third of the time.

import Glibc

enum MemoryPolicy {
  /// Keeps up to 48 MiB of freed memory for the next key press.
  ///
  /// `mallopt` is not in Swift's view of glibc, but the thresholds that it would set follow the
  /// largest mapped block that was freed so far (mallopt(3), M_MMAP_THRESHOLD): blocks up to its
  /// size come from the heap, of which twice its size is kept.  The block is never touched, so it
  /// costs no memory.
  static func keepFreedMemory() {
    var block: UnsafeMutableRawPointer?
    if posix_memalign(&block, 64, 24 << 20) == 0 { free(block) }
  }
}
