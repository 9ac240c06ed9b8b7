/// What a process is for a build.
package enum TaskRole: Sendable {
  /// It does all tasks; nobody else writes to the folder.
  case owner
  /// It has an engine do them; nobody else removes anything.
  case driver(TaskEngine)
  /// It finds out what there is to do for others, and removes what is of no use to them.
  case recorder
  /// One of many: it does some tasks of one stage.
  case worker(stage: StageName, choice: TaskChoice)
  /// It looks, and writes nothing.
  case observer

  package var isOwner: Bool { if case .owner = self { true } else { false } }

  /// Whether it may remove results that nobody needs any more.
  var mayRemove: Bool {
    switch self {
    case .owner, .driver, .recorder: true
    case .worker, .observer: false
    }
  }

  /// What does the tasks, for build-log.json.
  package var engine: String {
    switch self {
    case .owner, .recorder, .observer: "local"
    case .driver(let engine): engine.name
    case .worker: "tasks"
    }
  }
}
