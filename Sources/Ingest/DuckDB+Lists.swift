// Columns of lists of numbers.  A row's numbers come as one text with blanks between: JSON has no
// NaN, and the program writes a list's own JSON a hundred times slower.

import Foundations
import Storage

extension DuckDB {
  /// The numbers in lists of a type such as `FLOAT[]` or `DOUBLE[384]`; nil for other types.  Float16
  /// comes as float32.
  static func listElement(_ type: String) -> EmbeddingElement? {
    guard type.hasSuffix("]"), let open = type.firstIndex(of: "["),
      type[type.index(after: open)...].dropLast().utf8.allSatisfy(isDigit)
    else { return nil }
    switch type[..<open] {
    case "FLOAT": return .float32
    case "DOUBLE": return .float64
    default: return nil
    }
  }

  /// How many numbers the first row of each file has; nil for a file without rows.
  ///
  /// - Throws: ``WinnowError`` also when there are none in a first row.
  func firstLengths(
    of paths: [String], _ column: String, rows: [Int]
  ) throws(WinnowError) -> [Int?] {
    var lengths = [Int?](repeating: nil, count: paths.count)
    for batch in batches(of: paths, each: 300 + column.utf8.count) {
      var queries = ""
      for index in batch where rows[index] > 0 {
        queries +=
          "SELECT \(index) AS file, len(\(Self.identifier(column))) AS length "
          + "FROM \(Self.table(paths[index])) LIMIT 1;\n"
      }
      if queries.isEmpty { continue }
      let first = paths[batch.lowerBound]
      let output = try run(queries, files: Array(paths[batch]))
      try Self.forEachAnswer(output, first, ["file", "length"]) { (answer) throws(WinnowError) in
        guard let file = Int(answer[0]), batch.contains(file) else { throw unexpected(first) }
        lengths[file] = Int(answer[1]) ?? 0
      }
    }
    for (index, path) in paths.enumerated() where rows[index] > 0 {
      guard let length = lengths[index], length > 0 else {
        throw WinnowError(
          path: path, place: "row 0",
          fault: "expected numbers in the column '\(column)', found none",
          remedy: "every row needs an embedding: remove the rows without one")
      }
    }
    return lengths
  }

  /// For each row of a file, in its order: how many values its list has, how many of them are numbers,
  /// and the numbers.
  func lists(
    of path: String, _ column: String, _ element: EmbeddingElement
  ) throws(WinnowError) -> JSONLinesParser {
    let list = "\(Self.identifier(column))::\(element == .float64 ? "DOUBLE" : "FLOAT")[]"
    let output = try run(
      "COPY (SELECT len(\(list)) AS length, list_count(\(list)) AS numbers, "
        + "array_to_string(\(list), ' ') AS list FROM \(Self.table(path))) "
        + "TO '/dev/stdout' (FORMAT json);", files: [path])
    return try JSONLinesParser(
      output, path: path, wanted: ["length", "numbers", "list"], namesLines: false)
  }
}
