import ArgumentParser
import Build
import Clustering

/// The flags that drop near duplicates before anything is clustered.
struct DeduplicationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Drop near duplicates: rows whose cosine to an earlier row of their fine cluster is above "
        + "1 - epsilon; for example 0.05.",
      valueName: "epsilon"))
  var dedup: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of fine clusters to compare rows in (default: one per 5,000 candidates).",
      valueName: "count"))
  var dedupClusters: Int?

  @Option(
    help: ArgumentHelp(
      "Compare a row with earlier rows that are kept (greedy, the default) or with all (chain).",
      valueName: "rule"))
  var dedupRule: String?

  func validate() throws { _ = try deduplication() }

  /// The requested deduplication, or nil to keep near duplicates.
  func deduplication() throws -> Deduplication? {
    guard let dedup else {
      if dedupClusters != nil || dedupRule != nil {
        let flag = dedupClusters != nil ? "--dedup-clusters" : "--dedup-rule"
        throw ValidationError("\(flag) needs --dedup, for example --dedup 0.05")
      }
      return nil
    }
    guard let epsilon = Double(dedup), DuplicateCriterion.epsilons.contains(epsilon) else {
      throw ValidationError(
        "--dedup: expected a number from 0.000001 to below 1, found '\(dedup)'; rows with a cosine "
          + "above 1 minus this number are duplicates, for example 0.05")
    }
    let rule = dedupRule ?? DuplicateRule.greedy.rawValue
    guard let rule = DuplicateRule(rawValue: rule) else {
      throw ValidationError("--dedup-rule: expected greedy or chain, found '\(rule)'")
    }
    try dedupClusters.map { try Self.check(clusters: $0) }
    return Deduplication(
      DuplicateCriterion(epsilon: epsilon, rule: rule), clusters: dedupClusters)
  }

  static func check(clusters: Int) throws {
    guard (1..<1 << 31).contains(clusters) else {
      throw ValidationError(
        "--dedup-clusters: expected a number from 1 to below 2^31, found \(clusters)")
    }
  }
}
