// Where a commit writes to, what is written, and what came of it.

/// A file that a commit writes.
public struct Output: Sendable, Equatable {
  /// The name of one of `Subject.formats`.
  public var format: String
  /// Relative to the folder in which the program was started, or absolute.
  public var path: String

  public init(format: String, path: String) {
    self.format = format
    self.path = path
  }
}

/// A format of a keep list.
public struct OutputFormat: Sendable, Equatable {
  /// As `--format` takes it.
  public let name: String
  /// What such a file's name usually ends with, without the point.
  public let ending: String

  public init(name: String, ending: String) {
    self.name = name
    self.ending = ending
  }
}
