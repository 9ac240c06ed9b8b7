/// The forms that a keep list can have.
public enum ManifestFormat: String, CaseIterable, Sendable, Codable {
  /// One key a line, by ascending row.
  case text
  /// Row numbers as a `.npy` array of u8, ascending.
  case rows
  /// DataComp's subset file: uids as a `.npy` array of `u8,u8`, ascending.
  case datacomp
  /// Comma-separated row, key, concept, distance, rank, by ascending row.
  case csv
  /// The same as JSON lines.
  case jsonl
  /// The same as Parquet; needs the `duckdb` program.
  case parquet
  /// A folder with a boolean `.npy` array a shard: whether each of its rows is in the list.
  case masks
  /// Kept rows of each concept as a `.npy` array of i8: the count array of the method's authors.
  case counts

  /// The usual ending of such a file's name.
  public var fileExtension: String {
    switch self {
    case .text: "txt"
    case .rows, .datacomp, .counts: "npy"
    case .parquet, .masks, .csv, .jsonl: rawValue
    }
  }

  /// Whether such a list is a folder of files.
  public var isFolder: Bool { self == .masks }

  var writer: any ManifestWriter.Type {
    switch self {
    case .text: TextManifest.self
    case .rows: RowsManifest.self
    case .datacomp: DataCompManifest.self
    case .csv: CSVManifest.self
    case .jsonl: JSONLinesManifest.self
    case .parquet: ParquetManifest.self
    case .masks: MasksManifest.self
    case .counts: CountsManifest.self
    }
  }
}
