import Storage

/// A list with the stages and sizes of a small build, until builds can be recorded.
public func recordBuild(_ parameters: BuildParameters) throws(WorkspaceError) -> TaskList {
  var stages: [TaskList.Stage] = []
  func add(_ name: String, _ tasks: Int, after: [String], exact: Bool = true, threads: Int = 1) {
    stages.append(
      TaskList.Stage(
        name: name, tasks: tasks, isExact: exact, done: 0, after: after, threads: threads,
        memory: 50_000_000, bytes: 3_000_000))
  }
  add("metadata", 1, after: [])
  add("key-runs", 1, after: ["metadata"])
  add("key-parts", 1, after: ["key-runs"], exact: false)
  add("keys", 1, after: ["key-parts"])
  add("scan", 3, after: [])
  add("train", 1, after: ["scan"], threads: 2)
  add("assign", 1, after: ["train"], threads: 2)
  add("cut", 1, after: ["assign"])
  add("parts", 4, after: ["cut"], exact: false)
  add("sort", 1, after: ["parts"])
  add("score", 1, after: ["sort"], threads: 2)
  add("columns", 1, after: ["sort", "metadata"])
  add("name", 1, after: ["sort", "metadata"])
  add("finish", 1, after: stages.map(\.name))
  return TaskList(
    workspace: absolutePath(parameters.output), program: parameters.version,
    build: String(repeating: "0", count: 64), stages: stages)
}
