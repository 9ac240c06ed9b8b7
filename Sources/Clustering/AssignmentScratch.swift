import CKernels
import Foundations

/// Work space of one thread for assignments, and what they needed so far.
public final class AssignmentScratch: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  var counts = wk_search_counts()
  private var memory = OwnedBuffer<UInt8>(uninitialized: 0)
  private var vectors: VectorBlock?

  public init() {}

  /// Rows that were assigned.
  public var rows: Int { Int(counts.rows) }
  /// Rows for which the screen left more than one centroid.
  public var contestedRows: Int { Int(counts.contested) }
  /// Canonical dot products.
  public var canonicalDots: Int { Int(counts.dots) }

  /// At least this many bytes; what was in them is gone.
  func space(_ wanted: Int) -> UnsafeMutableRawPointer {
    if memory.count < wanted { memory = OwnedBuffer(repeating: 0, count: wanted) }
    return UnsafeMutableRawPointer(memory.pointer)
  }

  /// A block of at least this many vectors.
  func block(capacity: Int, dimensions: Int) -> VectorBlock {
    if let vectors, vectors.capacity >= capacity, vectors.dimensions == dimensions {
      return vectors
    }
    let made = VectorBlock(capacity: capacity, dimensions: dimensions)
    vectors = made
    return made
  }
}
