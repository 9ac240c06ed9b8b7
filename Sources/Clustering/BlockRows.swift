/// Some rows of a block, where they are.
struct BlockRows {
  let block: VectorBlock
  /// The first row of those that follow each other.
  let start: Int
  let count: Int
  /// The rows, where they do not.
  let places: [Int]?

  init(_ block: VectorBlock, start: Int, count: Int) {
    precondition(start >= 0 && count >= 0 && start + count <= block.capacity)
    self.block = block
    self.start = start
    self.count = count
    places = nil
  }

  /// - Parameter places: rows of the block.
  init(_ block: VectorBlock, at places: [Int]) {
    precondition(places.allSatisfy { $0 >= 0 && $0 < block.capacity })
    self.block = block
    start = 0
    count = places.count
    self.places = places
  }

  /// Where row `number` of these lies in the block.
  func place(_ number: Int) -> Int { places?[number] ?? start + number }
}
