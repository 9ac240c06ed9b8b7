/// How far a step of a build is.
public struct BuildProgress: Sendable, Equatable {
  /// The step, such as `scan`.
  public var stage: StageName
  /// Its place among the steps of all builds, from 1; a build may leave some out.
  public var number: Int
  /// How many steps there are.
  public var stages: Int
  public var done: Int
  public var total: Int
  /// What is counted, in the plural: `rows`, `rounds` or `concepts`.
  public var unit: String

  package init(stage: StageName, number: Int, stages: Int, done: Int, total: Int, unit: String) {
    (self.stage, self.number, self.stages) = (stage, number, stages)
    (self.done, self.total, self.unit) = (done, total, unit)
  }
}

/// What a build asks and tells its caller, from any thread.
public struct BuildObserver: Sendable {
  public var progress: @Sendable (BuildProgress) -> Void
  /// Something a person should know, one line or more.
  public var message: @Sendable (String) -> Void
  /// Asked between blocks of work; true ends the build, and what is finished stays.
  public var isCancelled: @Sendable () -> Bool

  public init(
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in },
    message: @escaping @Sendable (String) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.progress = progress
    self.message = message
    self.isCancelled = isCancelled
  }
}
