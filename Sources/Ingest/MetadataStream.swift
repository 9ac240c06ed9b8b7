import Foundations

/// The metadata of one shard, block by block in row order.
///
/// Memory is bounded by the longest record; nothing is kept of what was passed on.
///
/// - Complexity: O(bytes of the file) over the whole stream.
public struct MetadataStream: ~Copyable {
  /// A block ends after this many rows, or as soon as it has ``blockBytes``.
  static let blockRows = 8192
  static let blockBytes = 1 << 20

  private let shard: EmbeddingShard
  private let file: MetadataFile
  private let parser: any RecordParser
  private let record: Record
  private let key: Int?
  private let caption: Int?
  private let similarity: Int?
  /// For each column of numbers the field, or nil for the similarity.
  private let numeric: [Int?]
  private var row = 0
  private var lines: [Int] = []
  private var isFinished = false

  /// - Precondition: the data set has metadata (``Dataset/columns`` is not nil).
  /// - Throws: ``WinnowError`` when the file, or the program that reads it, cannot be opened.
  public init(
    _ dataset: Dataset, shard number: Int, _ options: IngestOptions
  ) throws(WinnowError) {
    shard = dataset.shards[number]
    guard let file = shard.metadata, let columns = dataset.columns else {
      preconditionFailure("the data set has no metadata")
    }
    self.file = file
    let (names, numbers) = (columns.names, columns.furtherNumeric)
    parser = try file.parser(names, numbers: numbers, options)
    record = Record(fields: names.count + numbers.count)
    key = columns.key.flatMap(names.firstIndex(of:))
    caption = columns.caption.flatMap(names.firstIndex(of:))
    similarity = columns.similarity.flatMap(names.firstIndex(of:))
    numeric = columns.numeric.map { name in
      numbers.firstIndex(of: name).map { names.count + $0 }
    }
  }

  /// Replaces `block` by the next rows.
  ///
  /// - Returns: false, and an empty block, when every row of the shard was given.
  /// - Throws: ``WinnowError`` that names file and line or row: a record that cannot be read, a
  ///   key that is missing or not UTF-8, a similarity that is no number, or a number of rows that
  ///   is not the shard's (known only at the end of the file).  Nothing more can be read then.
  public mutating func next(into block: inout MetadataBlock) throws(WinnowError) -> Bool {
    block.clear(from: row)
    if block.numeric.count != numeric.count {
      block.numeric = Array(repeating: [], count: numeric.count)
    }
    lines.removeAll(keepingCapacity: true)
    if isFinished { return false }
    if key != nil { block.keyOffsets.append(0) }
    if caption != nil { block.captionOffsets.append(0) }
    while block.rows < Self.blockRows,
      block.keyBytes.count + block.captionBytes.count < Self.blockBytes
    {
      guard try parser.next(record) else {
        isFinished = true
        try checkCount(row)
        break
      }
      if row == shard.rows { try countRest() }
      try append(to: &block)
      row += 1
    }
    try checkText(&block)
    return block.rows > 0
  }

  private func place(_ row: Int, _ line: Int) -> String {
    line > 0 ? "line \(line)" : "row \(row)"
  }

  private mutating func append(to block: inout MetadataBlock) throws(WinnowError) {
    if let key {
      let slot = record.slots[key]
      guard !slot.isEmpty, !slot.isBroken else {
        throw WinnowError(
          path: file.path, place: place(row, record.line),
          fault: slot.isEmpty
            ? "expected a key, found none"
            : "expected a key, found one with half a surrogate pair",
          remedy: "every item needs one: choose another column with --key")
      }
      block.keyBytes.append(contentsOf: record.text(key))
      block.keyOffsets.append(block.keyBytes.count)
    }
    if let caption {
      block.captionBytes.append(contentsOf: record.text(caption))
      block.captionOffsets.append(block.captionBytes.count)
    }
    if let similarity {
      let text = record.text(similarity)
      guard let value = parseSimilarity(text) else {
        throw WinnowError(
          path: file.path, place: place(row, record.line),
          fault: "expected a numeric similarity, found '\(excerpt(text))'",
          remedy: "leave it empty where it is missing, or choose another column with --similarity"
        )
      }
      block.similarity.append(value)
    }
    for (column, slot) in numeric.enumerated() {
      let value = slot.map { parseNumber(record.text($0)) ?? .nan }
      block.numeric[column].append(value ?? Double(block.similarity[block.rows]))
    }
    lines.append(record.line)
    block.rows += 1
  }

  /// Counts what is left of a file with too many rows, and says so.
  private mutating func countRest() throws(WinnowError) {
    var found = row + 1
    while try parser.next(record) { found += 1 }
    try checkCount(found)
  }

  private func checkCount(_ found: Int) throws(WinnowError) {
    guard found == shard.rows else {
      throw .rowCount(file, found, shard.path, shard.rows)
    }
  }

  /// Refuses keys that are not UTF-8, and repairs captions.
  ///
  /// The bytes of a block are checked as a whole; only where that fails, row by row.
  private func checkText(_ block: inout MetadataBlock) throws(WinnowError) {
    if let bad = invalidRow(block.keyBytes, block.keyOffsets) {
      throw WinnowError(
        path: file.path, place: place(block.firstRow + bad, lines[bad]),
        fault: "expected a key in UTF-8, found other bytes",
        remedy: "convert the file, for example with iconv -f latin1 -t utf-8")
    }
    if invalidRow(block.captionBytes, block.captionOffsets) != nil {
      let (bytes, offsets) = (block.captionBytes, block.captionOffsets)
      block.captionBytes.removeAll(keepingCapacity: true)
      for row in 0..<block.rows {
        let text = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
        block.captionBytes.append(contentsOf: text.utf8)
        block.captionOffsets[row + 1] = block.captionBytes.count
      }
    }
  }

  /// The first row whose bytes are not UTF-8, or nil.
  private func invalidRow(_ bytes: [UInt8], _ offsets: [Int]) -> Int? {
    // A whole that is valid has valid parts where no part begins inside a character.
    let isWhole = (try? UTF8Span(validating: bytes.span)) != nil
    if isWhole, offsets.allSatisfy({ $0 == bytes.count || bytes[$0] & 0xC0 != 0x80 }) {
      return nil
    }
    return (0..<offsets.count - 1).first { row in
      (try? UTF8Span(validating: bytes.span.extracting(offsets[row]..<offsets[row + 1]))) == nil
    }
  }
}

/// The value of a similarity: NaN for an empty text or `nan`, nil for what is no finite number.
func parseSimilarity(_ text: UnsafeRawBufferPointer) -> Float? {
  // Through `Double`, so that text gives the bits of a float64 column.
  guard let value = parseNumber(text) else { return nil }
  let narrow = Float(value)
  return narrow.isInfinite ? nil : narrow
}

/// The value of a number: NaN for an empty text or `nan`, nil for what is no finite number.
///
/// Sums and differences of values below 1e280 cannot overflow, so what is beyond is none either.
func parseNumber(_ text: UnsafeRawBufferPointer) -> Double? {
  var (begin, end) = (0, text.count)
  while begin < end, text[begin] == 0x20 || text[begin] == 0x09 { begin += 1 }
  while begin < end, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
  if begin == end { return .nan }
  let trimmed = UnsafeRawBufferPointer(rebasing: text[begin..<end])
  if trimmed.count == 3, zip(trimmed, "nan".utf8).allSatisfy({ $0 | 0x20 == $1 }) { return .nan }
  guard let value = parseDouble(trimmed), abs(value) <= 1e280 else { return nil }
  return value
}

/// The beginning of a foreign text, fit for a message: one line, printable, at most 40 characters.
func excerpt(_ text: UnsafeRawBufferPointer) -> String {
  let start = String(decoding: text.prefix(160), as: UTF8.self)
  let result = String(
    start.prefix(40).map { character in
      let isControl = character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      return isControl ? "?" : character
    })
  return result.utf8.count < text.count ? result + "…" : result
}

extension WinnowError {
  /// A metadata file whose number of rows is not that of its embeddings.
  static func rowCount(
    _ file: MetadataFile, _ found: Int, _ embeddings: String, _ rows: Int
  ) -> WinnowError {
    WinnowError(
      path: file.path,
      fault: "expected \(rows) rows, as many as \(embeddings) has, found \(found)",
      remedy: "the two do not belong together: write both again from the same items")
  }
}
