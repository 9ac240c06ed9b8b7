import Foundations
import Storage

/// The tasks of a build, for whoever runs them: `winnow task list`.
///
/// A task is done by `winnow task run STAGE I -o WORKSPACE` on any machine that sees the same files at
/// the same paths, when all tasks of the stages that its stage comes after are finished. It may be
/// done twice, killed and done again, or done by two at once.
public struct TaskList: Codable, Sendable, Equatable {
  public struct Stage: Codable, Sendable, Equatable {
    public var name: String
    /// Tasks 0 ..< `tasks`. An estimate where `isExact` is false: how many there are follows from
    /// results of stages before, and those that are too many find nothing to do with `--of`.
    public var tasks: Int
    public var isExact: Bool
    /// How many of them are finished.
    public var done: Int
    /// The stages that have to be finished before any of its tasks.
    public var after: [String]
    /// Threads that a task makes use of.
    public var threads: Int
    /// Bytes of memory that a task takes at most, with so many threads.
    public var memory: Int
    /// Bytes that all tasks together read and write, about.
    public var bytes: Int

    enum CodingKeys: String, CodingKey {
      case name, tasks, done, after, threads, memory, bytes
      case isExact = "exact"
    }

    public init(
      name: String, tasks: Int, isExact: Bool, done: Int, after: [String], threads: Int,
      memory: Int, bytes: Int
    ) {
      (self.name, self.tasks, self.isExact, self.done) = (name, tasks, isExact, done)
      (self.after, self.threads, self.memory, self.bytes) = (after, threads, memory, bytes)
    }
  }

  /// Absolute.
  public var workspace: String
  /// The version of the program, which all tasks need.
  public var program: String
  /// SHA-256 of what the tasks are told: inputs as they were seen, and parameters.
  public var build: String
  /// In an order in which they can be done one after another.
  public var stages: [Stage]

  public init(workspace: String, program: String, build: String, stages: [Stage]) {
    self.workspace = workspace
    self.program = program
    self.build = build
    self.stages = stages
  }

  public func json() throws(WinnowError) -> [UInt8] { try encodeJSON(self) }
}
