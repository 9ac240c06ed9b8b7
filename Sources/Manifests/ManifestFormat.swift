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

  /// The usual ending of such a file's name.
  public var fileExtension: String {
    switch self {
    case .text: "txt"
    case .rows, .datacomp: "npy"
    case .csv: "csv"
    case .jsonl: "jsonl"
    }
  }

  var writer: any ManifestWriter.Type {
    switch self {
    case .text: TextManifest.self
    case .rows: RowsManifest.self
    case .datacomp: DataCompManifest.self
    case .csv: CSVManifest.self
    case .jsonl: JSONLinesManifest.self
    }
  }
}
