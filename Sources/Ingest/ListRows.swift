// The rows of a Parquet column of lists, as the bytes of an array.

import Foundations
import Storage

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
      remedy: "every row needs an embedding of the same length: leave out those without")
  }

  private func rowCount() -> WinnowError {
    WinnowError(
      path: shard.path, fault: "expected \(shard.rows) rows, as its footer says, found \(row)",
      remedy: "it was changed while it was read: start again")
  }
}
