// Parquet is read by the `duckdb` program, which writes JSON lines to us: the one output of it
// that keeps NULL, quotes, newlines and NUL bytes apart.  It runs locked: before the first query
// it may open only the named files, may reach nothing else, and may not change that again.
//
// Rows come by `COPY ... TO '/dev/stdout'` and not as a query's answer, which the program would
// gather in memory first; with one thread it holds one row group at a time (measured: 72 MB for
// 1.5 and for 6 million rows, against 485 MB and 1.8 GB).

import Foundations
import Storage

/// The `duckdb` program of this machine.
struct DuckDB: Sendable {
  let program: String
  let environment: [String: String]

  /// Finds the program: the option, else `WINNOW_DUCKDB`, else `duckdb` on `PATH`.
  ///
  /// - Parameters:
  ///   - path: the Parquet file that needs it, for the error, or what else does.
  ///   - need: what about it needs the program, and how to do without.
  init(
    _ options: IngestOptions, for path: String,
    need: (what: String, orElse: String) = (
      "Parquet", "give the metadata as CSV or JSON lines, which need no program"
    )
  ) throws(WinnowError) {
    environment = options.environment
    let named = options.duckdb ?? environment["WINNOW_DUCKDB"].flatMap { $0.isEmpty ? nil : $0 }
    guard let found = findProgram(named ?? "duckdb", environment["PATH"] ?? "") else {
      throw WinnowError(
        path: path,
        fault: "\(need.what) needs the program 'duckdb', found none "
          + (named.map { "at \($0)" } ?? "on PATH"),
        remedy: "install it (pip install duckdb-cli) or \(need.orElse)")
    }
    program = found
  }

  /// What a file's footer says.
  struct Summary {
    var columns: [String] = []
    /// The program's names of their types.
    var types: [String: String] = [:]
    /// Those of its columns that hold numbers.
    var numeric: [String] = []
    var rows: Int?
  }

  /// Reads the footers of Parquet files, many in one run of the program.
  func summaries(of paths: [String]) throws(WinnowError) -> [Summary] {
    var summaries: [Summary] = []
    for batch in batches(of: paths, each: 400) { summaries += try footers(of: Array(paths[batch])) }
    return summaries
  }

  /// Cuts a list of files so that queries of `size` bytes and three paths for each fit into one
  /// argument, which the system limits to 128 KiB.
  func batches(of paths: [String], each size: Int) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var (start, total) = (0, 0)
    for (index, path) in paths.enumerated() {
      let own = 3 * 2 * path.utf8.count + size
      if index > start, total + own > 96 << 10 {
        batches.append(start..<index)
        (start, total) = (index, 0)
      }
      total += own
    }
    if start < paths.count { batches.append(start..<paths.count) }
    return batches
  }

  private func footers(of batch: [String]) throws(WinnowError) -> [Summary] {
    var queries = ""
    for (index, path) in batch.enumerated() {
      queries += """
        SELECT \(index) AS file, column_name AS name, column_type AS type \
        FROM (DESCRIBE SELECT * FROM \(Self.table(path)));
        SELECT \(index) AS file, num_rows AS rows \
        FROM parquet_file_metadata(\(Self.literal(Self.pattern(path))));

        """
    }
    var summaries = Array(repeating: Summary(), count: batch.count)
    let output = try run(queries, files: batch)
    try Self.forEachAnswer(
      output, program, ["file", "name", "rows", "type"]
    ) { (answer) throws(WinnowError) in
      guard let file = Int(answer[0]), batch.indices.contains(file) else {
        throw unexpected(batch[0])
      }
      let (name, type) = (answer[1], answer[3])
      if answer[2].isEmpty {
        summaries[file].columns.append(name)
        summaries[file].types[name] = type
        if Self.isNumeric(type) { summaries[file].numeric.append(name) }
      } else {
        summaries[file].rows = Int(answer[2])
        // The program works through the files in order: if it fails, then on the next one.
        output.path = batch[min(file + 1, batch.count - 1)]
      }
    }
    for (index, summary) in summaries.enumerated() where summary.rows == nil {
      throw unexpected(batch[index])
    }
    return summaries
  }

  /// Gives every row of an answer to `body`: a text for each of some columns, empty for NULL.
  static func forEachAnswer(
    _ output: ProgramOutput, _ path: String, _ columns: [String],
    _ body: ([String]) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let parser = try JSONLinesParser(output, path: path, wanted: columns, namesLines: false)
    let record = Record(fields: columns.count)
    while try parser.next(record) { try body(columns.indices.map(record.string)) }
  }

  func unexpected(_ path: String) -> WinnowError {
    WinnowError(
      path: path, fault: "\(program) gave an unexpected answer",
      remedy: "use version 1.4 or later (pip install --upgrade duckdb-cli)")
  }

  /// The types of numbers; `DECIMAL` goes on with its width.
  private static func isNumeric(_ type: String) -> Bool {
    let types: Set = [
      "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
      "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE",
    ]
    return types.contains(type) || type.hasPrefix("DECIMAL(") && !type.hasSuffix("]")
  }

  /// The columns `names` of a file, and `numbers` as float64, row by row in the file's order.
  func rows(
    of path: String, _ names: [String], numbers: [String]
  ) throws(WinnowError) -> any RecordParser {
    // A float32 would be written with the digits that tell it from other float32.
    let selected =
      names.map(Self.identifier)
      + numbers.map(Self.identifier).map { "CAST(\($0) AS DOUBLE) AS \($0)" }
    // Without any column there are still rows to be counted.
    let columns = selected.isEmpty ? "NULL" : selected.joined(separator: ", ")
    let output = try run(
      "COPY (SELECT \(columns) FROM \(Self.table(path))) TO '/dev/stdout' (FORMAT json);",
      files: [path])
    return try JSONLinesParser(
      output, path: path, wanted: names, numbers: numbers, namesLines: false)
  }

  func run(
    _ queries: String, files: [String], for path: String? = nil
  ) throws(WinnowError) -> ProgramOutput {
    var allowed = ["'/dev/stdout'"]
    for file in files {
      // The program compares paths as texts, and only absolute ones always agree.
      let path = absolutePath(file)
      // The pattern that names only this file passes the same gate as the file.
      allowed.append(Self.literal(path))
      if Self.pattern(path) != path { allowed.append(Self.literal(Self.pattern(path))) }
    }
    let script = Self.lock(allowed) + queries
    return try ProgramOutput(
      path: path ?? files[0], program,
      ["-no-init", "-no-stdin", "-batch", "-bail", "-jsonlines", "-c", script], environment)
  }

  /// What keeps the program to some paths, given as literals.
  static func lock(_ paths: [String]) -> String {
    """
    SET allowed_paths=[\(paths.joined(separator: ", "))];
    SET enable_external_access=false;
    SET threads=1;
    SET preserve_insertion_order=true;
    SET lock_configuration=true;

    """
  }

  /// A file as a table.  Bytes without a text mark are text, as older writers leave the mark
  /// out, and folder names like `a=1` are no columns.
  static func table(_ path: String) -> String {
    "read_parquet(\(literal(pattern(absolutePath(path)))), binary_as_string=true, hive_partitioning=false)"
  }

  static func literal(_ text: String) -> String { quoted(text, "'", escaped: "''") }

  static func identifier(_ text: String) -> String { quoted(text, "\"", escaped: "\"\"") }

  /// The glob pattern that matches `path`, and whatever else it matches may not be opened.
  static func pattern(_ path: String) -> String {
    guard path.contains(where: { "*?[".contains($0) }) else { return path }
    return path.reduce(into: "") { text, character in
      // In brackets these stand for themselves; a backslash does not even there.
      text +=
        character == "\\" ? "?" : "*?[".contains(character) ? "[\(character)]" : "\(character)"
    }
  }
}
