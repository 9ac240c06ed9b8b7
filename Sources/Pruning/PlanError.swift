// The one error of this module. Infeasible targets are a case of their own, because the explorer
// meets them all the time: it keeps the last feasible plan and shows the text.

/// Why a plan, or a text that should become a part of one, was refused.
public enum PlanError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bounds and overrides leave no quotas that sum to `target`; `feasible` holds the targets
  /// that they allow.
  case infeasible(target: Int, feasible: ClosedRange<Int>, text: String)
  /// `field` has a value that no plan may have; `text` names it, what was expected and found.
  case invalid(field: String, text: String)

  /// One line for people: the field, what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .infeasible(_, _, let text), .invalid(_, let text): text
    }
  }

  /// The refusal of the order `similarity` by a workspace without similarities, which only the
  /// caller can know.
  public static var similarityMissing: PlanError {
    .invalid(
      field: "order",
      text: "order: similarity needs the image-text similarity of each row, and the workspace has "
        + "none; choose hardest, easiest, random or stratified, or build with --similarity NAME")
  }
}
