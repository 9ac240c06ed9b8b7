// The rows of a Parquet file of our own, for checking a keep list.

import Foundations

/// Reads some columns of a Parquet file as texts, row by row.
public final class ParquetRows {
  private let parser: any RecordParser
  private let record: Record

  /// Reads the footer and starts the program.
  ///
  /// - Parameters:
  ///   - texts: columns whose values are given as the program writes them.
  ///   - numbers: columns of floating-point numbers; they are given as float64, which tells
  ///     neighbouring float32 apart and reads back exactly.
  /// - Throws: ``WinnowError`` when a column is missing or the file is no Parquet.
  public init(
    _ path: String, texts: [String], numbers: [String], _ options: IngestOptions
  ) throws(WinnowError) {
    let duckdb = try DuckDB(options, for: path)
    let summary = try duckdb.summaries(of: [path])[0]
    for name in texts + numbers where !summary.columns.contains(name) {
      throw WinnowError(
        path: path,
        fault: "expected a column '\(name)', found "
          + (summary.columns.isEmpty ? "none" : summary.columns.joined(separator: ", ")))
    }
    parser = try duckdb.rows(of: path, texts, numbers: numbers)
    record = Record(fields: texts.count + numbers.count)
  }

  /// The next row: a text a column, nil where it is null or empty; nil at the end.
  public func next() throws(WinnowError) -> [String?]? {
    guard try parser.next(record) else { return nil }
    return record.slots.indices.map { record.slots[$0].isEmpty ? nil : record.string($0) }
  }
}
