// When a row counts as a near duplicate: SemDeDup (Abbas, Tirumala, Simig, Ganguli, Morcos,
// arXiv 2303.09540), which looks for them inside fine clusters.

/// Which earlier rows can make a row a duplicate.
public enum DuplicateRule: String, CaseIterable, Codable, Sendable {
  /// Those that were kept: every dropped row has a kept twin.
  case greedy
  /// Any: what the published program does.  A row's twin may itself be dropped.
  case chain
}

/// What makes a row a near duplicate of an earlier one.
public struct DuplicateCriterion: Sendable, Equatable, Codable {
  /// A row is dropped when its cosine to an earlier row exceeds 1 - epsilon.
  public var epsilon: Double
  public var rule: DuplicateRule

  /// Epsilons that make sense: cosines of float32 rows are not known better than the lower end.
  public static let epsilons = 1e-6..<1.0

  /// - Parameter epsilon: one of ``epsilons``.
  public init(epsilon: Double, rule: DuplicateRule) {
    precondition(Self.epsilons.contains(epsilon))
    self.epsilon = epsilon
    self.rule = rule
  }

  /// A cosine above it drops a row.
  var threshold: Double { 1 - epsilon }

  /// Rows of a cosine above it are the same but for rounding, and equally near.
  var sameness: Double { max(1 - 1e-5, threshold) }

  /// A decision is close when the cosine that made it is as near to the threshold as this.
  static let closeness = 1e-6

  /// What rows are compared by: the larger, the nearer.
  func nearness(_ cosine: Double) -> Double { cosine > sameness ? 2 : cosine }
}
