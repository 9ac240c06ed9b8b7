/// Tasks of one stage that shall be done.
public struct TaskRequest: Sendable, Equatable {
  public var stage: String
  /// Ascending.
  public var tasks: [Int]
  /// Threads that a task makes use of.
  public var threads: Int
  /// Bytes of memory that a task takes at most.
  public var memory: Int

  public init(stage: String, tasks: [Int], threads: Int, memory: Int) {
    self.stage = stage
    self.tasks = tasks
    self.threads = threads
    self.memory = memory
  }
}

/// Does the tasks of a build somewhere else: by `winnow task run STAGE I -o WORKSPACE`, which leaves its
/// results on the file system that all share.
public protocol TaskEngine: Sendable {
  /// For build-log.json: `ray`.
  var name: String { get }

  /// Does tasks; returns when all are finished.  Several threads may call it at once.
  ///
  /// - Parameters:
  ///   - finished: told the number of every task that is.
  ///   - isCancelled: asked again and again; true ends the tasks.
  /// - Throws: ``WorkspaceError``: ``WorkspaceError/interrupted``, or what a task said that failed.
  func run(
    _ request: TaskRequest, finished: @escaping @Sendable (Int) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(WorkspaceError)
}
