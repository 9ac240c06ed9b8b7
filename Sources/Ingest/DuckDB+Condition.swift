// `--where`: a text from outside that becomes part of a query.  Before that, duckdb's own parser says
// what it is, and is given it as a string: one expression, the same with parentheses around it as
// without, of which nothing looks beyond the row (no subquery, no window, no star) and nothing
// depends on when or where it runs.  Then it can only be evaluated, in a program that may open
// nothing but the metadata (the lock of DuckDB.swift).

import Foundations
import Storage

extension DuckDB {
  /// A longer condition would not fit the arguments of a program.
  static let longestCondition = 32 << 10

  /// Checks that `condition` is one expression over one row.
  ///
  /// - Throws: ``WinnowError`` that says what it is instead.
  func check(_ condition: String) throws(WinnowError) {
    guard condition.utf8.count <= Self.longestCondition else {
      throw Self.refused(
        "expected at most \(Self.longestCondition) bytes, found \(condition.utf8.count)")
    }
    let output = try run(Self.inspection(of: condition), files: [], for: "--where")
    var answers: [[String]] = []
    try Self.forEachAnswer(output, "--where", ["error", "parts", "classes", "unstable"]) {
      answers.append($0)
    }
    guard let answer = answers.first else { throw Self.refused("duckdb gave no answer about it") }
    guard answer[0].isEmpty else {
      let isStatement = answer[0].contains("Only SELECT statements")
      throw Self.refused(
        "expected an SQL condition, found \(Self.shown(condition)): "
          + (isStatement ? "it contains a statement" : "duckdb says: \(answer[0])"))
    }
    guard answer[1] == "1" else {
      throw Self.refused(
        "expected one SQL condition, found \(Self.shown(condition)), which is more than an "
          + "expression")
    }
    for (kind, what) in [
      ("SUBQUERY", "a subquery (SELECT or ANY)"), ("WINDOW", "a window (OVER)"),
      ("STAR", "all columns (*)"), ("PARAMETER", "a parameter (? or $)"),
    ] where answer[2].split(separator: " ").contains(Substring(kind)) {
      throw Self.refused(
        "expected a condition on the columns of one row, found \(what) in "
          + Self.shown(condition))
    }
    guard answer[3].isEmpty else {
      throw Self.refused(
        "expected a condition that always gives the same result, found '\(answer[3])' in "
          + "\(Self.shown(condition)); write the value itself")
    }
  }

  private static func refused(_ fault: String) -> WinnowError {
    WinnowError(path: "--where", fault: fault)
  }

  static func shown(_ condition: String) -> String {
    Array(condition.utf8).withUnsafeBytes { "'\(excerpt($0))'" }
  }

  /// A query for one row: what the parser says of a text that it is given as a string.
  private static func inspection(of condition: String) -> String {
    // All but the expressions, which is to be that of a query without anything else.
    let rest = "'{\"select_list\":null,\"from_table\":{\"query_location\":null}}'"
    return """
      WITH given AS (SELECT \(literal(condition)) AS text),
      parsed AS (
        SELECT json_serialize_sql('SELECT ' || text || chr(10)) AS bare,
          json_serialize_sql('SELECT (' || text || chr(10) || ')') AS wrapped,
          json_serialize_sql('SELECT 1') AS plain
        FROM given),
      nodes AS (
        SELECT bare, wrapped, bare->'$.statements[0].node' AS one,
          wrapped->'$.statements[0].node' AS other, plain->'$.statements[0].node' AS plain
        FROM parsed),
      called AS (
        SELECT lower(value->>'$') AS name FROM nodes, json_tree(nodes.other)
        WHERE key = 'function_name'),
      named AS (
        SELECT lower(value->>'$') AS name FROM nodes, json_tree(nodes.other)
        WHERE path LIKE '%.column_names')
      SELECT coalesce(bare->>'error_message', wrapped->>'error_message') AS error,
        CASE WHEN json_merge_patch(one, \(rest)) = json_merge_patch(plain, \(rest))
          AND json_merge_patch(other, \(rest)) = json_merge_patch(plain, \(rest))
          THEN json_array_length(bare->'$.statements') * json_array_length(wrapped->'$.statements')
            * json_array_length(one->'$.select_list') * json_array_length(other->'$.select_list')
          ELSE 0 END AS parts,
        (SELECT string_agg(DISTINCT value->>'$', ' ') FROM json_tree(nodes.other)
          WHERE key = 'class') AS classes,
        coalesce(
          (SELECT min(name) FROM called WHERE name IN ('current_setting', 'getvariable', 'version')),
          (SELECT min(name) FROM called SEMI JOIN
            (SELECT * FROM duckdb_functions() WHERE stability <> 'CONSISTENT') AS f
            ON name = f.function_name),
          (SELECT min(name) FROM named WHERE name IN ('current_date', 'current_time',
            'current_timestamp', 'localtime', 'localtimestamp'))) AS unstable
      FROM nodes;
      """
  }

  /// The columns of some text files of one format, each with a type that fits all of them.  A file by
  /// itself may leave it open: one with no value in a column, or only whole numbers.
  ///
  /// - Throws: ``WinnowError`` that has duckdb's reason.
  func types(of files: [MetadataFile]) throws(WinnowError) -> [ColumnType] {
    let list = files.map { Self.literal(Self.pattern(absolutePath($0.path))) }
    let table =
      Self.reader(files[0].format, "[\(list.joined(separator: ", "))]")
      + (files[0].format == .csv
        ? ", union_by_name=true)" : ", union_by_name=true, maximum_sample_files=-1)")
    let output = try run(
      "SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM \(table));",
      files: files.map(\.path))
    var types: [ColumnType] = []
    try Self.forEachAnswer(output, files[0].path, ["name", "type"]) {
      types.append(ColumnType(name: $0[0], type: $0[1]))
    }
    return types
  }

  /// A column of a text file and duckdb's word for what is in it.
  struct ColumnType: Sendable, Codable {
    var name: String
    var type: String
  }

  /// Checks that a condition that was checked can be asked of a file.
  ///
  /// - Parameter types: the columns of a text file.
  /// - Throws: ``WinnowError`` that names the file and has duckdb's reason: a column that is missing,
  ///   types that do not compare, an aggregate.
  func bind(
    _ condition: String, to file: MetadataFile, _ types: [ColumnType]
  ) throws(WinnowError) {
    let table = try Self.table(file, types)
    let query = "SELECT 1 FROM \(table) WHERE (\(condition)\n) LIMIT 0;"
    try Self.explaining(condition) { () throws(WinnowError) in
      let output = try run(query, files: [file.path])
      while try !output.bytes().isEmpty {}
    }
  }

  /// Calls `take` with whether a condition that was checked holds, for each row in the file's order,
  /// until it returns false; for NULL it does not hold.
  ///
  /// - Throws: ``WinnowError`` that names the file and has duckdb's reason.
  func evaluate(
    _ condition: String, of file: MetadataFile, _ types: [ColumnType], take: (Bool) -> Bool
  ) throws(WinnowError) {
    let table = try Self.table(file, types)
    let query = """
      COPY (SELECT CASE WHEN (\(condition)
      ) THEN 1 ELSE 0 END AS kept FROM \(table)) TO '/dev/stdout' (FORMAT json);
      """
    try Self.explaining(condition) { () throws(WinnowError) in
      let parser = try JSONLinesParser(
        try run(query, files: [file.path]), path: file.path, wanted: ["kept"], namesLines: false)
      let record = Record(fields: 1)
      while try parser.next(record), take(record.text(0).first == UInt8(ascii: "1")) {}
    }
  }

  private static func explaining(
    _ condition: String, _ body: () throws(WinnowError) -> Void
  ) throws(WinnowError) {
    do throws(WinnowError) { try body() } catch {
      throw WinnowError(
        path: error.path ?? "--where", place: error.place,
        fault: "--where \(shown(condition)): \(error.fault)",
        remedy: error.remedy ?? "correct the condition or the file")
    }
  }

  /// A metadata file of any format as a table.
  private static func table(
    _ file: MetadataFile, _ types: [ColumnType]
  ) throws(WinnowError) -> String {
    if file.format == .parquet { return table(file.path) }
    var types = types
    if file.format == .csv {
      // A column that the file has not has no type there.
      let header = try CSVParser(FileSource(file.path), path: file.path).header
      types = types.filter { header.contains($0.name) }
    }
    let path = literal(pattern(absolutePath(file.path)))
    let list = types.map { "\(literal($0.name)): \(literal($0.type))" }.joined(separator: ", ")
    let columns = types.isEmpty ? "" : "\(file.format == .csv ? "types" : "columns")={\(list)}"
    return reader(file.format, path) + (columns.isEmpty ? ")" : ", \(columns))")
  }

  /// The call that reads text files, but for its end.
  private static func reader(_ format: MetadataFile.Format, _ paths: String) -> String {
    format == .csv
      ? "read_csv(\(paths), header=true, delim=',', quote='\"', escape='\"', hive_partitioning=false"
      : "read_json(\(paths), format='newline_delimited', hive_partitioning=false"
  }
}
