import Storage

/// One file of embeddings: `rows` times `dimensions` elements in C order from `dataOffset` on.
public struct EmbeddingShard: Sendable, Equatable {
  public let path: String
  /// Number of rows, 0 or more.
  public let rows: Int
  /// Components of a row, 1 or more; the same in every shard of a data set.
  public let dimensions: Int
  public let element: EmbeddingElement
  /// Where row 0 begins, in bytes.
  public let dataOffset: Int
  /// The rows' metadata, when the input has it; row i of the one is row i of the other.
  public let metadata: MetadataFile?

  /// Bytes from one row to the next.
  public var bytesPerRow: Int { dimensions * element.stride }

  public init(
    path: String, rows: Int, dimensions: Int, element: EmbeddingElement, dataOffset: Int,
    metadata: MetadataFile? = nil
  ) {
    precondition(rows >= 0 && dimensions >= 1 && dataOffset >= 0)
    self.path = path
    self.rows = rows
    self.dimensions = dimensions
    self.element = element
    self.dataOffset = dataOffset
    self.metadata = metadata
  }

  /// Reads the header of a `.npy` file; none of its data.
  ///
  /// - Throws: ``IngestError`` unless it is a whole file with a C-ordered (n, d) array of
  ///   little-endian floats, d at least 1.
  init(npy path: String, metadata: MetadataFile?) throws(IngestError) {
    let header = try storage { () throws(StorageError) in try NpyHeader(of: InputFile(path)) }
    guard let element = EmbeddingElement(header.type) else {
      throw IngestError(
        path: path,
        fault: "expected elements '<f2', '<f4' or '<f8' (little-endian floats), found "
          + "\(header.type)",
        remedy: "convert it: numpy.save(path, array.astype('<f4'))")
    }
    guard header.shape.count == 2, header.shape[1] >= 1 else {
      throw IngestError(
        path: path,
        fault:
          "expected an array of shape (rows, dimensions), found \(NpyHeader.text(header.shape))",
        remedy: "write one embedding a row")
    }
    guard !header.isFortranOrder else {
      throw IngestError(
        path: path, fault: "expected C order (row by row), found Fortran order",
        remedy: "convert it: numpy.save(path, numpy.ascontiguousarray(array))")
    }
    self.init(
      path: path, rows: header.shape[0], dimensions: header.shape[1], element: element,
      dataOffset: header.dataOffset, metadata: metadata)
  }
}
