/// How the results of a stage are shared among the tasks that other processes do: task I makes results
/// I, I + count, I + 2 count and so on.
///
/// Threads make one result at a time.  A process costs more to start than a thread, so where results
/// are small it makes several.
package struct TaskShares: Sendable {
  package let count: Int
  private let all: Int

  /// Enough tasks to keep a few processes busy; there are more where there is work for more.
  private static let few = 8

  /// One task for each result.
  package init(results: Int) { (count, all) = (results, results) }

  /// - Parameters:
  ///   - work: rows or bytes of all results.
  ///   - each: how many of them are worth starting a process.
  package init(results: Int, work: Int, each: Int) {
    all = results
    count = min(results, max(Self.few, (work + each - 1) / each))
  }

  package func results(of task: Int) -> StrideTo<Int> {
    stride(from: task, to: all, by: max(1, count))
  }

  /// The results of some tasks, ascending.
  package func results(of tasks: [Int]) -> [Int] { tasks.flatMap { results(of: $0) }.sorted() }
}
