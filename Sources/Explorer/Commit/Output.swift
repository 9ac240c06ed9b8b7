// Where a commit writes to, what is written, and what came of it.

import Pruning

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

/// What lies at the path of an output.
public enum OutputState: Sendable, Equatable {
  /// Nothing: the commit makes a new file.
  case free
  /// A file of this many bytes, which a commit would replace.
  case file(bytes: Int)
  /// The commit cannot write there; the text says why and what to do.
  case blocked(String)
}

/// What a commit would find.
public struct Inspection: Sendable, Equatable {
  /// One for each output that was asked for.
  public let files: [OutputState]
  /// Where the plan would be stored.
  public let folder: String
  /// Why the plan cannot be stored there, and what to do; nil when it can.
  public let obstacle: String?

  public init(files: [OutputState], folder: String, obstacle: String? = nil) {
    self.files = files
    self.folder = folder
    self.obstacle = obstacle
  }
}

/// What is to be committed.
public struct CommitOrder: Sendable, Equatable {
  public let plan: Plan
  /// At least one, each of another format and path.
  public let outputs: [Output]
  /// What the log shall say beside it.
  public let note: String?
  /// Whether files that are there may be replaced.
  public let replace: Bool

  public init(plan: Plan, outputs: [Output], note: String?, replace: Bool) {
    self.plan = plan
    self.outputs = outputs
    self.note = note
    self.replace = replace
  }
}

/// A commit that was made.
public struct Commit: Sendable, Equatable {
  /// The number that the plan was given, from 1.
  public let number: Int
  /// The rows in each list.
  public let rows: Int
  /// The paths of the lists.
  public let paths: [String]

  public init(number: Int, rows: Int, paths: [String]) {
    self.number = number
    self.rows = rows
    self.paths = paths
  }
}
