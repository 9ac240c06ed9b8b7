import Foundations

/// Some tasks of a stage.
public struct TaskChoice: Sendable, Equatable {
  /// Numbers of tasks, from 0.
  public var numbers: [Int]
  /// With each number also every `stride`-th after it; nil: these alone.
  public var stride: Int?

  public init(_ numbers: [Int], stride: Int? = nil) {
    precondition(stride ?? 1 >= 1)
    self.numbers = numbers
    self.stride = stride
  }

  /// The chosen ones among `count` tasks, ascending.
  ///
  /// - Throws: ``WinnowError`` for a number beyond them, unless it is the first of a stride.
  package func tasks(of count: Int, _ stage: String) throws(WinnowError) -> [Int] {
    var chosen = Set<Int>()
    for number in numbers {
      guard number >= 0, stride != nil || number < count else {
        throw .invalid(
          "stage \(stage): expected a task from 0 to \(count - 1), found \(number)")
      }
      if let stride {
        chosen.formUnion(Swift.stride(from: number, to: count, by: stride))
      } else {
        chosen.insert(number)
      }
    }
    return chosen.sorted()
  }
}

/// What a task takes.
package struct TaskNeeds: Sendable {
  /// Threads that it makes use of.
  package var threads: Int
  /// Bytes of memory at most, with so many threads.
  package var memory: Int

  package init(threads: Int, memory: Int) { (self.threads, self.memory) = (threads, memory) }
}

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
  /// - Throws: ``WinnowError``: ``WinnowError/interrupted``, or what a task said that failed.
  func run(
    _ request: TaskRequest, finished: @escaping @Sendable (Int) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(WinnowError)
}
