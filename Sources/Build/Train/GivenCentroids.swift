// Centroids from a file: those that another program found, or that a training left.

import Clustering
import Foundations
import Storage

/// A file of centroids that are used instead of training.
struct GivenCentroids: Codable, Sendable {
  let path: String
  /// SHA-256 of the file.
  let digest: String

  /// The centroids.
  ///
  /// - Throws: ``WinnowError``, also when the file is no longer what it was.
  func read(
    dimensions: Int, instructions: InstructionSet
  ) throws(WinnowError) -> Centroids {
    let centroids = try readCentroids(path, dimensions: dimensions, instructions: instructions)
    let now = try Digest.ofFile(path)
    guard now == digest else {
      throw .invalid("\(path): it changed during the build; build again")
    }
    return centroids
  }
}

/// Centroids from a `.npy` file of float16, float32 or float64, shape (k, dimensions).
func readCentroids(
  _ path: String, dimensions: Int, instructions: InstructionSet
) throws(WinnowError) -> Centroids {
  let file = try InputFile(path)
  let header = try NpyHeader(of: file)
  let bytes: [UInt8] = try file.elements(
    file.size - header.dataOffset, at: header.dataOffset)
  guard let element = EmbeddingElement(header.type), !header.isFortranOrder,
    header.shape.count == 2, header.shape[1] == dimensions, header.shape[0] > 0
  else {
    throw .invalid(
      "\(path): expected float centroids in C order of shape (k, \(dimensions)), found "
        + "\(header.type) of shape \(NpyHeader.text(header.shape))"
        + (header.isFortranOrder ? " in Fortran order" : "")
        + "; the width must match the embeddings")
  }
  let count = header.shape[0]
  let block = VectorBlock(capacity: count, dimensions: dimensions)
  var faults: [String] = []
  bytes.withUnsafeBytes {
    block.load($0, element: element, count: count, instructions: instructions) { row, fault in
      faults.append("row \(row) (\(fault.text))")
    }
  }
  guard faults.isEmpty else {
    throw .invalid(
      "\(path): \(faults.count) of \(count) centroids cannot be used: "
        + faults.prefix(10).joined(separator: ", ") + "; each must be finite and not all 0")
  }
  // Float32 centroids are taken as they are; others by their direction.
  let components: [Float] =
    element == .float32
    ? try file.elements(count * dimensions, at: header.dataOffset)
    : (0..<count).flatMap { block.vector($0) }
  return Centroids(
    components: components, count: count, dimensions: dimensions, instructions: instructions)
}
