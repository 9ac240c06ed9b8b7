/// The shape of a file of float32 numbers without a header, as `--shape` takes it: `N,D`, or `-1,D`
/// where the file's size tells how many rows there are.
public struct MapShape: Sendable, Equatable, CustomStringConvertible {
  /// Rows; nil: as many as the file has.
  public let rows: Int?
  /// Components of a row, 1 or more.
  public let dimensions: Int

  public init(rows: Int?, dimensions: Int) {
    precondition(rows ?? 0 >= 0 && dimensions >= 1)
    self.rows = rows
    self.dimensions = dimensions
  }

  /// Reads `N,D` or `-1,D`; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      Int(String(part.drop { $0 == " " }))
    }
    guard parts.count == 2, let rows = parts[0], let dimensions = parts[1], rows >= -1,
      (1...1 << 30).contains(dimensions)
    else { return nil }
    self.init(rows: rows < 0 ? nil : rows, dimensions: dimensions)
  }

  public var description: String { "\(rows ?? -1),\(dimensions)" }
}
