import Foundations
import Storage

/// The rows of a shard that cannot be read in place, from the first to the last: a deflated member
/// inflated, a Parquet column of lists turned into an array.
///
/// Memory is a few buffers (and of Parquet what `duckdb` takes: about a row group).
public final class ConvertedRows {
  private enum Source {
    case member(MemberInflation)
    case lists(ListRows)
  }

  private let shard: EmbeddingShard
  private let source: Source

  /// - Precondition: ``EmbeddingShard/needsConversion``.
  /// - Throws: ``WinnowError`` when the file, or the program that reads it, cannot be opened.
  public init(_ shard: EmbeddingShard, _ options: IngestOptions) throws(WinnowError) {
    self.shard = shard
    switch shard.form {
    case .plain: preconditionFailure("the shard's rows are in place")
    case .listColumn(let column): source = .lists(try ListRows(shard, column, options))
    case .member(let member):
      let stream = try MemberInflation(member, of: shard.path)
      _ = try stream.bytes(shard.dataOffset)
      source = .member(stream)
    }
  }

  /// Puts the next rows into `buffer`, whole ones only.
  ///
  /// - Parameter buffer: a whole number of rows, one at least.
  /// - Returns: the bytes of the rows; 0 at the end, where sizes and checksums have agreed.
  /// - Throws: ``WinnowError`` that names the file and the row or member.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int {
    let bytesPerRow = shard.bytesPerRow
    precondition(buffer.count >= bytesPerRow && buffer.count % bytesPerRow == 0)
    switch source {
    case .member(let stream):
      return try stream.read(into: buffer)
    case .lists(let lists):
      for start in stride(from: 0, to: buffer.count, by: bytesPerRow) {
        let row = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + bytesPerRow])
        if try !lists.next(into: row) { return start }
      }
      return buffer.count
    }
  }
}

final class ListRows {
  private let shard: EmbeddingShard
  private let column: String
  private let parser: JSONLinesParser
  private let record = Record(fields: 3)
  private var row = 0

  init(
    _ shard: EmbeddingShard, _ column: String, _ options: IngestOptions
  ) throws(WinnowError) {
    self.shard = shard
    self.column = column
    parser = try DuckDB(options, for: shard.path).lists(of: shard.path, column, shard.element)
  }

  /// Puts the next row into `buffer`; false at the end.
  ///
  /// - Throws: ``WinnowError`` that names file and row: a list that is missing, of another length or
  ///   with something missing in it, or another number of rows than the footer says.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Bool {
    guard try parser.next(record) else {
      guard row == shard.rows else { throw rowCount() }
      return false
    }
    guard row < shard.rows else {
      row += 1
      while try parser.next(record) { row += 1 }
      throw rowCount()
    }
    let (length, numbers) = (Int(record.string(0)), Int(record.string(1)))
    guard let length, length == shard.dimensions, let numbers, numbers == length else {
      throw fault(
        "expected \(shard.dimensions) numbers in the column '\(column)', found "
          + (length.map { $0 != shard.dimensions ? "\($0)" : "\($0 - (numbers ?? 0)) missing" }
            ?? "none"))
    }
    let text = record.text(2)
    let isWhole =
      shard.element == .float64
      ? parse(text, as: Double.self, into: buffer, parseDouble)
      : parse(text, as: Float.self, into: buffer, parseFloat)
    guard isWhole else {
      throw fault("expected \(shard.dimensions) numbers, found '\(excerpt(text))'")
    }
    row += 1
    return true
  }

  /// Whether a text is as many numbers as a row has, with a blank between.
  private func parse<Value: BitwiseCopyable>(
    _ text: UnsafeRawBufferPointer, as _: Value.Type, into buffer: UnsafeMutableRawBufferPointer,
    _ number: (UnsafeRawBufferPointer) -> Value?
  ) -> Bool {
    var (begin, count) = (0, 0)
    while begin <= text.count {
      var end = begin
      while end < text.count, text[end] != 0x20 { end += 1 }
      guard count < shard.dimensions,
        let value = number(UnsafeRawBufferPointer(rebasing: text[begin..<end]))
      else { return false }
      buffer.storeBytes(of: value, toByteOffset: count * MemoryLayout<Value>.stride, as: Value.self)
      count += 1
      begin = end + 1
    }
    return count == shard.dimensions
  }

  private func fault(_ text: String) -> WinnowError {
    WinnowError(
      path: shard.path, place: "row \(row)", fault: text,
      remedy: "every row needs an embedding of the same length: remove the rows without one")
  }

  private func rowCount() -> WinnowError {
    WinnowError(
      path: shard.path, fault: "expected \(shard.rows) rows, as its footer says, found \(row)",
      remedy: "it was changed while it was read: start again")
  }
}
