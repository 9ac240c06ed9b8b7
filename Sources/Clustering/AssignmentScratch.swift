import CKernels

/// Work space of one thread for assignments, and what they needed so far.
public final class AssignmentScratch: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  var counts = wk_search_counts()
  private var memory: UnsafeMutableRawPointer?
  private var bytes = 0
  private var vectors: VectorBlock?

  public init() {}

  deinit { memory?.deallocate() }

  /// Rows that were assigned.
  public var rows: Int { Int(counts.rows) }
  /// Rows for which the screen left more than one centroid.
  public var contestedRows: Int { Int(counts.contested) }
  /// Canonical dot products.
  public var canonicalDots: Int { Int(counts.dots) }

  /// At least this many bytes; what was in them is gone.
  func space(_ wanted: Int) -> UnsafeMutableRawPointer {
    if let memory, bytes >= wanted { return memory }
    memory?.deallocate()
    let made = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 64)
    made.initializeMemory(as: UInt8.self, repeating: 0, count: wanted)
    (memory, bytes) = (made, wanted)
    return made
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

  /// A place for distances that nobody asked for.
  func unwanted(_ count: Int) -> UnsafeMutablePointer<Float> {
    let made = UnsafeMutableRawPointer(
      space(Int(WK_NEAREST_SCRATCH) * MemoryLayout<Float>.stride + count * 4))
    return (made + Int(WK_NEAREST_SCRATCH) * MemoryLayout<Float>.stride)
      .assumingMemoryBound(to: Float.self)
  }
}
