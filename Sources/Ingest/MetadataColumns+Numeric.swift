// Which metadata columns hold numbers.  Parquet has types; of CSV and JSON lines the first file with
// rows tells.  A column that a further file has not, or with another type, is left out rather
// than refused: nobody asked for it.

import Foundations

extension MetadataColumns {
  static func numericNames(
    _ file: MetadataFile, _ summary: DuckDB.Summary?
  ) throws(WinnowError) -> [String] {
    switch file.format {
    case .parquet: summary?.numeric ?? []
    case .csv: try sampledNumbers(ofCSV: file)
    case .jsonLines:
      // Every value is a number or null, and one at least a number.
      try sampledFields(file).filter { $0.kinds.subtracting([.null]) == [.number] }.map(\.name)
    case .keyMap: []
    }
  }

  /// The columns of which every value is a number or missing, and one at least a number.
  private static func sampledNumbers(
    ofCSV file: MetadataFile
  ) throws(WinnowError) -> [String] {
    let parser = try CSVParser(FileSource(file.path), path: file.path)
    // Of two columns of one name nobody could say which is meant.
    let names = parser.header.filter { name in parser.header.count { $0 == name } == 1 }
    parser.want(names)
    let record = Record(fields: names.count)
    var hasNumber = [Bool](repeating: false, count: names.count)
    var hasText = hasNumber
    for _ in 0..<sampledLines {
      // A line that cannot be read is refused where it is read in earnest.
      guard (try? parser.next(record)) == true else { break }
      for slot in names.indices where !hasText[slot] {
        guard let value = parseNumber(record.text(slot)) else {
          hasText[slot] = true
          continue
        }
        if !value.isNaN { hasNumber[slot] = true }
      }
    }
    return names.indices.filter { hasNumber[$0] && !hasText[$0] }.map { names[$0] }
  }
}
