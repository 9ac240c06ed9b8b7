// The explorer solves a plan at every key press, in arrays of k numbers that live until the next key.
// When such blocks end up at the end of the heap, glibc returns them to the system, and gets them
// back page by page at the next key. At k = 50,000, that is a third of the time.

import Glibc

enum MemoryPolicy {
  /// Keeps up to 48 MiB of freed memory for the next key press.
  ///
  /// Swift cannot call `mallopt`, but the thresholds that it would set follow the largest mapped
  /// block freed so far (mallopt(3), M_MMAP_THRESHOLD): blocks up to that size come from the heap,
  /// which keeps twice that size.  The block is never touched, so it costs no memory.
  static func keepFreedMemory() {
    var block: UnsafeMutableRawPointer?
    if posix_memalign(&block, 64, 24 << 20) == 0 { free(block) }
  }
}
