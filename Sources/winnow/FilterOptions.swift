import Build
import ArgumentParser
import Workspace

/// The flags that drop rows before anything is clustered.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .unconditional,
    help: ArgumentHelp(
      "An SQL condition over the metadata's columns, such as \"width >= 200\"; rows for which it is "
        + "false or NULL are dropped.",
      valueName: "condition"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "A text file with a key a line (a row number where there are no keys); rows that it has not "
        + "are dropped.",
      valueName: "file"),
    completion: .file())
  var allow: String?

  @Option(
    help: ArgumentHelp("The same; rows that it has are dropped.", valueName: "file"),
    completion: .file())
  var deny: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows of a smaller similarity are dropped, and those without one.", valueName: "number"))
  var similarityMin: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The part of the rows left by the other filters that stays, best similarity first: 0.3 or 30%.",
      valueName: "fraction"))
  var similarityTop: String?

  func validate() throws { _ = try filters() }

  /// What they ask for.
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
          "--similarity-top: expected a fraction (0.3) or a per cent (30%) above 0 and at most all, "
            + "found '\(similarityTop)'")
      }
      filters.similarityTop = fraction
    }
    return filters
  }
}
