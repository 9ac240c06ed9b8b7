/// A stage in its folder, with what was finished of it before.
struct OpenStage: Sendable {
  let name: StageName
  /// Where its signature and results are.
  let folder: String
  /// The result of each task.
  let paths: [String]
  /// The tasks for other processes.
  let shares: TaskShares
  var isDone: [Bool]

  var done: Int { isDone.count { $0 } }
  var isFinished: Bool { isDone.allSatisfy { $0 } }
  var openResults: [Int] { isDone.indices.filter { !isDone[$0] } }
  /// Of the tasks for other processes, those that are not finished.
  var openTasks: [Int] {
    (0..<shares.count).filter { shares.results(of: $0).contains { !isDone[$0] } }
  }
}
