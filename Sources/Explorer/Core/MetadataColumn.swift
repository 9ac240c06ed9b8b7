// A numeric column of the metadata, as the table has it: a mean for each concept.

/// The means of one numeric metadata column.
public struct MetadataColumn: Sendable, Equatable {
  /// As the metadata calls it: foreign text.
  public let name: String
  /// By concept; NaN where no row has a value.
  public let mean: [Double]

  public init(name: String, mean: [Double]) {
    self.name = name
    self.mean = mean
  }
}
