/// The name of a stage: of its folder below `stage/`, in messages, and for `winnow task run`.
///
/// A stage defines its own name as a constant of this type, beside its value.
public struct StageName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }
}

/// The folder below a workspace in the making that holds the results of its stages.
package let stageFolder = "stage"
