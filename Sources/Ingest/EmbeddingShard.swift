import Foundations
import Storage

/// One file of embeddings: `rows` times `dimensions` elements in C order.
public struct EmbeddingShard: Sendable, Equatable, Codable {
  /// How the file holds the rows.
  public enum Form: Sendable, Equatable, Codable {
    /// As they are, from ``EmbeddingShard/dataOffset`` on.
    case plain
    /// In a `.npy` file inside a zip archive.
    case member(ZipMember)
    /// In a Parquet column of lists of float32 or float64 numbers.
    case listColumn(String)
  }

  /// The file that the user gave: what is named, watched and digested.
  public let path: String
  /// Number of rows, 0 or more.
  public let rows: Int
  /// Components of a row, 1 or more; the same in every shard of a data set.
  public let dimensions: Int
  public let element: EmbeddingElement
  /// Where row 0 begins, in bytes of ``rowsPath``, or of the inflated member while the rows are to be
  /// converted.
  public private(set) var dataOffset: Int
  /// The rows' metadata, when the input has it; row i of the one is row i of the other.
  public var metadata: MetadataFile?
  public let form: Form
  /// The file that the rows are read from: ``path``, or what they were converted to.
  public private(set) var rowsPath: String

  /// Bytes from one row to the next.
  public var bytesPerRow: Int { dimensions * element.stride }

  /// Whether rows cannot be read at any place of the file, so that it has to be converted first.
  public var needsConversion: Bool {
    switch form {
    case .plain: false
    case .member(let member): member.method == .deflated
    case .listColumn: true
    }
  }

  /// Whether ``rowsPath`` is a converted file.
  public var isConverted: Bool { rowsPath != path }

  /// The bytes of ``path`` that have a checksum, and it; nil where there is none, or where converting
  /// has checked it.
  public var checksum: (bytes: Range<Int>, crc32: UInt32)? {
    guard case .member(let member) = form, member.method == .stored else { return nil }
    return (member.dataOffset..<member.dataOffset + member.size, member.checksum)
  }

  public init(
    path: String, rows: Int, dimensions: Int, element: EmbeddingElement, dataOffset: Int,
    metadata: MetadataFile? = nil, form: Form = .plain
  ) {
    precondition(rows >= 0 && dimensions >= 1 && dataOffset >= 0)
    (self.path, self.rows, self.dimensions, self.element) = (path, rows, dimensions, element)
    (self.dataOffset, self.metadata, self.form) = (dataOffset, metadata, form)
    rowsPath = path
  }

  /// The same shard with its rows in another file.
  public func converted(to path: String, dataOffset: Int) -> EmbeddingShard {
    var shard = self
    shard.rowsPath = path
    shard.dataOffset = dataOffset
    return shard
  }

  /// Reads the header of a `.npy` file; none of its data.
  ///
  /// - Throws: ``WinnowError`` unless it is a whole file with a C-ordered (n, d) array of
  ///   little-endian floats, d at least 1.
  init(npy path: String, metadata: MetadataFile?) throws(WinnowError) {
    let header = try NpyHeader(of: InputFile(path))
    let element = try Self.element(header, path)
    self.init(
      path: path, rows: header.shape[0], dimensions: header.shape[1], element: element,
      dataOffset: header.dataOffset, metadata: metadata)
  }

  /// Reads the header of the `.npy` file `NAME.npy` inside a zip archive.
  ///
  /// - Throws: ``WinnowError`` when there is none, the archive is damaged, or as for a `.npy` file.
  init(npz path: String, embedding name: String, metadata: MetadataFile?) throws(WinnowError) {
    let file = try InputFile(path)
    let archive = try ZipArchive(of: file)
    guard let member = try archive.member(name + ".npy", in: file) else {
      throw .embeddingMissing(path, name, archive.arrays)
    }
    let label = "\(path), member \(member.name)"
    let header = try NpyHeader(label, size: member.size) { (count, offset) throws(WinnowError) in
      let isStored = member.method == .stored
      if isStored { return try file.elements(count, at: member.dataOffset + offset) }
      // Headers are short: beginning again is no loss.
      return Array(
        try MemberInflation(member, of: path).bytes(offset + count).dropFirst(offset))
    }
    let element = try Self.element(header, label)
    self.init(
      path: path, rows: header.shape[0], dimensions: header.shape[1], element: element,
      dataOffset: header.dataOffset + (member.method == .stored ? member.dataOffset : 0),
      metadata: metadata, form: .member(member))
  }

  private static func element(
    _ header: NpyHeader, _ path: String
  ) throws(WinnowError) -> EmbeddingElement {
    guard let element = EmbeddingElement(header.type) else {
      throw WinnowError(
        path: path,
        fault: "expected elements '<f2', '<f4' or '<f8' (little-endian floats), found "
          + "\(header.type)",
        remedy: "convert it: numpy.save(path, array.astype('<f4'))")
    }
    guard header.shape.count == 2, header.shape[1] >= 1 else {
      throw WinnowError(
        path: path,
        fault:
          "expected an array of shape (rows, dimensions), found \(NpyHeader.text(header.shape))",
        remedy: "write one embedding per row")
    }
    guard !header.isFortranOrder else {
      throw WinnowError(
        path: path, fault: "expected C order (row by row), found Fortran order",
        remedy: "convert it: numpy.save(path, numpy.ascontiguousarray(array))")
    }
    return element
  }
}

extension ZipArchive {
  /// The names of its arrays, as numpy has them.
  var arrays: [String] {
    names.compactMap { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : nil }
  }
}

extension WinnowError {
  /// An archive or table without the embeddings that are wanted.
  static func embeddingMissing(_ path: String, _ name: String, _ found: [String]) -> WinnowError {
    WinnowError(
      path: path,
      fault: "expected embeddings '\(name)', found "
        + (found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", ")),
      remedy: "choose others with --embedding; every file needs them")
  }
}
