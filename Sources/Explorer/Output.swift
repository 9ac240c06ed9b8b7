// Where a commit writes to, and what came of it.

/// The file that a commit writes.
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

/// What lies at the path of an output.
public enum OutputState: Sendable, Equatable {
  /// Nothing: the commit makes a new file.
  case free
  /// A file of this many bytes, which a commit would replace.
  case file(bytes: Int)
  /// The commit cannot write there; the text says why and what to do.
  case blocked(String)
}

/// A commit that was made.
public struct Commit: Sendable, Equatable {
  /// The number that the workspace gave the plan, from 1.
  public let number: Int
  /// The rows in the manifest.
  public let rows: Int
  /// The manifest's path.
  public let path: String

  public init(number: Int, rows: Int, path: String) {
    self.number = number
    self.rows = rows
    self.path = path
  }
}
