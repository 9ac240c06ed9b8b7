import ArgumentParser
import Build

/// The flags that drop rows before anything is clustered.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .unconditional,
    help: ArgumentHelp(
      "Drop rows for which this SQL condition over the metadata columns is false or NULL; for "
        + "example \"width >= 200\".",
      valueName: "condition"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Drop rows whose key is not in this text file, one key per line (row numbers if the data "
        + "set has no keys).",
      valueName: "file"),
    completion: .file())
  var allow: String?

  @Option(
    help: ArgumentHelp("Drop rows whose key is in this text file.", valueName: "file"),
    completion: .file())
  var deny: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Drop rows whose similarity is below this number or missing.", valueName: "number"))
  var similarityMin: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep this fraction (0.3 or 30%) of the rows that the other filters leave, best similarity "
        + "first.",
      valueName: "fraction"))
  var similarityTop: String?

  func validate() throws { _ = try filters() }

  func filters() throws -> RowFilters {
    var filters = RowFilters()
    if let condition, condition.allSatisfy(\.isWhitespace) {
      throw ValidationError("--where: expected an SQL condition, found an empty one")
    }
    for (flag, path) in [("--allow", allow), ("--deny", deny)] where path?.isEmpty == true {
      throw ValidationError("\(flag): expected a file, found an empty path")
    }
    filters.condition = condition
    filters.allow = allow
    filters.deny = deny
    if let similarityMin {
      guard let bound = SimilarityBound(similarityMin) else {
        throw ValidationError(
          "--similarity-min: expected a decimal number such as 0.28, found '\(similarityMin)'")
      }
      filters.similarityMinimum = bound
    }
    if let similarityTop {
      guard let fraction = RowFilters.fraction(similarityTop) else {
        throw ValidationError(
          "--similarity-top: expected a fraction (0.3) or a percentage (30%) above 0 and at most "
            + "100%, found '\(similarityTop)'")
      }
      filters.similarityTop = fraction
    }
    return filters
  }
}
