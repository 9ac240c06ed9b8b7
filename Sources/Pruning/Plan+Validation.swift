// The ranges of a plan's fields, in one place, with the sentences that people read.

extension Plan {
  /// Checks every field against its range and every override against its concept.
  ///
  /// Whether the target can be reached is the solver's to say.
  ///
  /// - Throws: `PlanError.invalid` naming the field, what was expected and what was found.
  /// - Complexity: O(overrides).
  public func validate(_ scores: ConceptScores) throws(PlanError) {
    try Self.require(target >= 0, "target", "a number of rows, 0 or more", "\(target)")
    try Self.require(
      temperature.isFinite && temperature > 0, "temperature", "a finite number above 0",
      "\(temperature)")
    try Self.require(minimum >= 0, "minimum", "a number of rows, 0 or more", "\(minimum)")
    try Self.require(share >= 0 && share <= 1, "share", "a number from 0 to 1", "\(share)")
    for override in overrides { try Self.validate(override, scores) }
  }

  private static func validate(
    _ override: Override, _ scores: ConceptScores
  ) throws(PlanError) {
    let cluster = override.cluster
    let field = "override of cluster \(cluster)"
    try require(
      scores.size.indices.contains(cluster), field,
      scores.clusters == 0
        ? "no override, as there is no concept" : "a cluster from 0 to \(scores.clusters - 1)",
      "\(cluster)")
    switch override.action {
    case .drop: break
    case .keep(let fraction):
      try require(
        fraction <= .one, field, "keep as a fraction from 0 to 1 (use count for rows)",
        "\(fraction)")
    case .count(let count):
      let size = scores.size[cluster]
      try require(
        count >= 0 && count <= size, field, "a count from 0 to its \(size) rows", "\(count)")
    case .weight(let weight):
      try require(
        weight.isFinite && weight > 0, field, "a finite weight above 0 (use drop for none)",
        "\(weight)")
    }
  }

  private static func require(
    _ holds: Bool, _ field: String, _ expected: String, _ found: String
  ) throws(PlanError) {
    if !holds {
      throw .invalid(field: field, text: "\(field): expected \(expected), found \(found)")
    }
  }
}
