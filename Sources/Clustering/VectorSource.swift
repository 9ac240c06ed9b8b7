/// The rows that k-means sees, wherever they are.
public protocol VectorSource: Sendable {
  associatedtype Failure: Error

  var count: Int { get }
  var dimensions: Int { get }

  /// Puts rows into the first places of a block, in their order.
  ///
  /// - Parameters:
  ///   - rows: numbers in `0 ..< count`, ascending, at most `block.capacity`.
  ///   - worker: which thread of ``parallel(tasks:threads:_:)`` asks.
  func load(_ rows: [Int], into block: VectorBlock, worker: Int) throws(Failure)

  /// The block that holds all rows, in their order, where there is one.
  var all: VectorBlock? { get }
}

extension VectorSource {
  public var all: VectorBlock? { nil }
}

extension VectorBlock: VectorSource {
  public var count: Int { capacity }
  public var all: VectorBlock? { self }

  public func load(_ rows: [Int], into block: VectorBlock, worker: Int) {
    for (place, row) in rows.enumerated() { block.copy(row, of: self, to: place) }
  }
}
