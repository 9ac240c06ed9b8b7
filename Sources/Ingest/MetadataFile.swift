import Foundations
import Storage

/// A file with one record for each row of a shard.
public struct MetadataFile: Sendable, Equatable, Codable {
  public enum Format: String, Sendable, CaseIterable, Codable {
    case parquet, csv
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// Keys of one width, one after the other, filled up with zero bytes (numpy's `S24`).
    case keyMap = "keys of one width"

    /// The formats that a folder's files have by their suffixes.
    static let bySuffix: [Format] = [.parquet, .csv, .jsonLines]
  }

  public let path: String
  public let format: Format
  /// Of a key map: bytes of a key, and where the first begins.
  let keyWidth: Int
  let keyOffset: Int

  public init(path: String, format: Format, keyWidth: Int = 0, keyOffset: Int = 0) {
    self.path = path
    self.format = format
    self.keyWidth = keyWidth
    self.keyOffset = keyOffset
  }

  /// A parser of this file for the columns `names`, and behind them `numbers`.
  func parser(
    _ names: [String], numbers: [String], _ options: IngestOptions
  ) throws(WinnowError) -> any RecordParser {
    switch format {
    case .csv:
      let parser = try CSVParser(FileSource(path), path: path)
      let columns = parser.header
      for name in names + numbers where !columns.contains(name) {
        throw WinnowError(
          path: path, fault: "expected a column '\(name)', found none",
          remedy: "it was changed while it was read: start again")
      }
      parser.want(names + numbers)
      return parser
    case .jsonLines:
      return try JSONLinesParser(FileSource(path), path: path, wanted: names, numbers: numbers)
    case .keyMap: return try KeyMapParser(self, names)
    case .parquet:
      return try DuckDB(options, for: path).rows(of: path, names, numbers: numbers)
    }
  }
}

// Keys of one width beside embeddings without metadata, as SemDeDup writes its paths: an array of
// numpy's type `S24`, with or without a .npy header.  Shorter keys are filled up with zero bytes.

extension MetadataFile {
  /// A file of `rows` keys.
  ///
  /// - Parameter width: bytes of a key where the file does not say it.
  /// - Throws: ``WinnowError`` when it has another size or is an array of another type.
  static func keyMap(
    _ path: String, rows: Int, of shard: String, width: Int
  ) throws(WinnowError) -> MetadataFile {
    let file = try InputFile(path)
    let magic: [UInt8] = try file.elements(min(6, file.size), at: 0)
    guard magic == NpyHeader.magic else {
      let (wanted, isTooLarge) = rows.multipliedReportingOverflow(by: width)
      guard !isTooLarge, file.size == wanted else {
        throw WinnowError(
          path: path,
          fault: "expected \(wanted) bytes (\(rows) keys of \(width), one per row of \(shard)), "
            + "found \(file.size)",
          remedy: "set the bytes per key with --key-width")
      }
      return MetadataFile(path: path, format: .keyMap, keyWidth: width)
    }
    let header = try NpyHeader(of: file)
    guard case .scalar(let type) = header.type, type.hasPrefix("|S"),
      let width = header.type.stride, width > 0, header.shape == [rows]
    else {
      throw WinnowError(
        path: path,
        fault: "expected an array of shape (\(rows),) of byte strings such as '|S24', found "
          + "\(NpyHeader.text(header.shape)) of \(header.type)",
        remedy: "convert it: numpy.save(path, keys.astype('S'))")
    }
    return MetadataFile(
      path: path, format: .keyMap, keyWidth: width, keyOffset: header.dataOffset)
  }
}

/// Reads a key map; its one column is ``column``.
final class KeyMapParser: RecordParser {
  static let column = "key"

  private let source: FileSource
  private let width: Int
  private let slots: [Int]
  private let space: UnsafeMutableRawBufferPointer
  private var ready = 0..<0

  init(_ file: MetadataFile, _ names: [String]) throws(WinnowError) {
    source = try FileSource(file.path, from: file.keyOffset)
    width = file.keyWidth
    slots = names.indices.filter { names[$0] == Self.column }
    space = .allocate(byteCount: max(1, (1 << 18) / file.keyWidth) * file.keyWidth, alignment: 16)
  }

  deinit { space.deallocate() }

  func next(_ record: Record) throws(WinnowError) -> Bool {
    if ready.isEmpty {
      // A file fills all of the space, but for its end.
      ready = 0..<(try source.read(into: space))
    }
    // A file that was cut short has fewer rows, which is noticed by their number.
    guard ready.count >= width else { return false }
    let bytes = space[ready.lowerBound..<ready.lowerBound + width]
    ready = ready.lowerBound + width..<ready.upperBound
    let length = bytes.lastIndex { $0 != 0 }.map { $0 + 1 - bytes.startIndex } ?? 0
    record.begin(atMost: width * slots.count)
    for slot in slots {
      UnsafeMutableRawBufferPointer(start: record.free, count: length)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.startIndex + length)]))
      record.keep(length, as: slot)
    }
    return true
  }
}
