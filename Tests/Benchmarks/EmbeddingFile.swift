// A `.npy` file of rows, read as the engine reads it: blocks by `pread` into a buffer a thread.

import Clustering
import Foundations
import Storage

final class EmbeddingFile: Sendable {
  let file: InputFile
  let header: NpyHeader
  let element: EmbeddingElement
  let rows: Int
  let dimensions: Int

  init(_ path: String) throws {
    let file = try InputFile(path)
    let header = try NpyHeader(of: file)
    guard let element = EmbeddingElement(header.type), header.shape.count == 2,
      !header.isFortranOrder
    else { throw Fault("\(path): expected floats of shape (rows, dimensions) in C order") }
    self.file = file
    self.header = header
    self.element = element
    (rows, dimensions) = (header.shape[0], header.shape[1])
  }

  var bytesPerRow: Int { dimensions * element.stride }

  /// Rows of a block, as a build cuts them.
  var blockRows: Int { min(8192, max(64, (1 << 19) / bytesPerRow)) }

  /// Rows of a range, into the beginning of `buffer`.
  func read(
    _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(WinnowError) {
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(range.count * bytesPerRow)]),
      at: header.dataOffset + range.lowerBound * bytesPerRow)
  }

  /// The first `count` rows, ready for training.
  func vectors(_ count: Int, instructions: InstructionSet) throws -> VectorBlock {
    let block = VectorBlock(capacity: count, dimensions: dimensions)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: blockRows * bytesPerRow, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: 0, to: count, by: blockRows) {
      let range = start..<min(start + blockRows, count)
      try read(range, into: buffer)
      var faults = 0
      block.load(
        UnsafeRawBufferPointer(buffer), element: element, count: range.count, at: start,
        instructions: instructions
      ) { _, _ in faults += 1 }
      guard faults == 0 else { throw Fault("\(file.path): rows that cannot be used") }
    }
    return block
  }
}

/// What a benchmark cannot do.
struct Fault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// The kernels of that name; the best when there is none.
func instructionSet(_ name: String?) throws -> InstructionSet {
  guard let name else { return .best }
  guard let set = InstructionSet(rawValue: name), set.isAvailable else {
    throw Fault("--kernels: this processor has no '\(name)'")
  }
  return set
}
