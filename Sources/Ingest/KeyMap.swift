// Keys of one width beside embeddings without metadata, as SemDeDup writes its paths: an array of
// numpy's type `S24`, with or without a .npy header.  Shorter keys are filled up with zero bytes.

import Foundations
import Storage

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
          fault: "expected \(wanted) bytes, \(rows) keys of \(width) as \(shard) has rows, found "
            + "\(file.size)",
          remedy: "say how many bytes a key has with --key-width")
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
