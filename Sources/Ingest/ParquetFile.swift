// Parquet is written as it is read, by the `duckdb` program, locked: rows go in as JSON lines through
// its standard input, the file comes out of its standard output, and it can open nothing else.  So
// the file gets its place, its digest and its permissions from us like any other.

import Foundations

/// Turns JSON lines into a Parquet file, piece by piece.
///
/// The same rows and the same version of the program give the same bytes as a rule; only the rows
/// are promised.  Memory does not grow with the number of rows (measured: 150 MB for 2 million).
public final class ParquetWriter {
  private let output: ProgramOutput

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - columns: in their order, with types of DuckDB's such as `UBIGINT`; each line has a value or null for every one.
  ///   - path: the file that is to be made, for errors.
  ///   - options: where the program is.
  /// - Throws: ``WinnowError`` when there is no such program.
  public init(
    _ columns: [(name: String, type: String)], for path: String, _ options: IngestOptions
  ) throws(WinnowError) {
    let duckdb = try DuckDB(options, for: path)
    let types = columns.map { "\(DuckDB.identifier($0.name)): \(DuckDB.literal($0.type))" }
      .joined(separator: ", ")
    let script =
      DuckDB.lock(["'/dev/stdin'", "'/dev/stdout'"])
      + "COPY (SELECT * FROM read_json('/dev/stdin', format='newline_delimited', "
      + "columns={\(types)})) TO '/dev/stdout' (FORMAT parquet);"
    output = try ProgramOutput(
      path: path, duckdb.program, ["-no-init", "-batch", "-bail", "-c", script],
      duckdb.environment, isFed: true)
  }

  /// Refuses a machine that cannot write Parquet, before anything is begun.
  ///
  /// - Throws: ``WinnowError`` that names the program and how to get it.
  public static func check(_ path: String, _ options: IngestOptions) throws(WinnowError) {
    do throws(WinnowError) { _ = try DuckDB(options, for: path) } catch {
      throw WinnowError(
        path: path, fault: error.fault,
        remedy: "install it (pip install duckdb-cli) or choose another format")
    }
  }

  /// Gives whole lines or parts of lines.
  ///
  /// - Returns: bytes of the Parquet file that are ready.
  public func write(_ lines: [UInt8]) throws(WinnowError) -> [UInt8] { try output.feed(lines) }

  /// The next bytes of the file after the last line; none at its end.
  public func rest() throws(WinnowError) -> [UInt8] {
    output.endInput()
    return try output.bytes()
  }
}

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
