// Which rows of a concept are kept, once its quota is known.

/// The order in which the rows of one concept are taken; equal rows go by the lower row number.
public enum Order: String, Codable, CaseIterable, Sendable {
  /// Farthest from the centroid first.
  case hardest
  /// Nearest to the centroid first.
  case easiest
  /// By ascending `splitmix64(seed: selectionSeed, row: row)`.
  case random
  /// Best image-text similarity first, rows without one last.
  case similarity
  /// Evenly spaced ranks of distance.
  case stratified

  /// Whether a larger quota keeps every row that a smaller one kept.
  public var isNested: Bool { self != .stratified }

  /// Whether one distance parts the kept rows from the pruned ones.
  public var hasCutDistance: Bool { self == .hardest || self == .easiest }
}
