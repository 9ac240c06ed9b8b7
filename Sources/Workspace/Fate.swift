/// What became of a row before anything was clustered: its byte in fate.npy.
///
/// In the order in which rows are dropped: a row has the fate of the first filter that drops it.
public enum Fate: UInt8, Sendable, CaseIterable {
  /// It is clustered.
  case candidate = 0
  /// It is zero, NaN or infinite.
  case invalid = 1
  /// The condition of `--where` is false or NULL for it.
  case condition = 2
  /// Its key is not in `--allow`, or is in `--deny`.
  case list = 3
  /// Its similarity is below `--similarity-min`, missing, or not among the best.
  case similarity = 4
  /// It is too near to a row that is kept.
  case duplicate = 5

  /// What counts of dropped rows are called in workspace.json; nil for ``candidate``.
  public var filter: String? {
    switch self {
    case .candidate: nil
    case .invalid: "invalid"
    case .condition: "where"
    case .list: "allow-deny"
    case .similarity: "similarity"
    case .duplicate: "duplicate"
    }
  }

  /// The name that the build's counts have.
  public var name: String { filter ?? "candidate" }

  /// Why the row is no candidate, in words.
  public var reason: String {
    switch self {
    case .candidate: "it is a candidate"
    case .invalid: "its vector is invalid"
    case .condition: "--where left it out"
    case .list: "--allow or --deny left it out"
    case .similarity: "its similarity is too low"
    case .duplicate: "it is a duplicate"
    }
  }
}
