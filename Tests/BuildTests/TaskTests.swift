// A build whose tasks are done by anybody in any order, some twice, some not to their end, some by two
// at once: the workspace is the one of a build by one process.

import Build
import BuildSupport
import Clustering
import Foundation
import Foundations
import Ingest
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

struct TaskTests {
  /// One data set, and builds of it that have other stages each.
  private struct Sample {
    let folder: TemporaryFolder
    let input: String
    static let kinds = 6
    /// More shards than a stage has tasks, where shards are small.
    let crumbs: String

    init() throws {
      folder = try TemporaryFolder()
      let rows = clumpedRows(150, dimensions: 6, clumps: 4)
      let sizes = [60, 1, 89]
      input = try folder.clipRetrieval(
        "in", [Array(rows[..<60]), Array(rows[60..<61]), Array(rows[61...])]
      ) { shard in
        "key,caption,similarity,width\n"
          + (0..<sizes[shard]).map {
            "k\($0 * 7 % sizes[shard])-\(shard),word\($0 % 7) and \($0 % 5),0.\($0 % 9),\($0)\n"
          }.joined()
      }
      try folder.write("deny.txt", "k3-0\nk5-2\nnobody\n")
      for shard in 0..<21 {
        try folder.write("crumbs/\(shard).npy", npyFile(Array(rows[shard * 7..<shard * 7 + 7]), 6))
      }
      crumbs = folder("crumbs")
    }

    func parameters(_ kind: Int, to name: String) -> BuildParameters {
      var parameters = BuildParameters(
        inputs: [kind == 5 ? crumbs : input], output: folder(name), clusters: 5,
        threads: 1 + kind % 3,
        instructions: .best,
        ingest: IngestOptions(environment: ProcessInfo.processInfo.environment), version: "test")
      parameters.trainingRows = .total(60)
      if kind == 1 || kind == 3 {
        parameters.filters.deny = folder("deny.txt")
        parameters.filters.similarityMinimum = SimilarityBound("0.1")
        parameters.filters.similarityTop = RowFilters.fraction("0.9")
      }
      if (2...4).contains(kind) {
        parameters.deduplication = Deduplication(
          DuplicateCriterion(epsilon: 0.02, rule: .greedy), clusters: kind == 2 ? 1 : 9)
        if kind == 4 { parameters.deduplication!.clustersAtOnce = 4 }
      }
      if kind == 4 { parameters.trainingRows = .all }
      return parameters
    }
  }

  /// What can be done next.
  private func ready(_ list: TaskList) -> [TaskList.Stage] {
    let done = Set(list.stages.filter { $0.done == $0.tasks }.map(\.name))
    return list.stages.filter { !done.contains($0.name) && done.isSuperset(of: $0.after) }
  }

  private func run(
    _ sample: Sample, _ workspace: String, _ stage: String, _ choice: TaskChoice,
    stopAfter polls: Int? = nil
  ) throws -> TaskOutcome {
    let asked = Mutex(0)
    let observer = BuildObserver(
      isCancelled: {
        asked.withLock {
          $0 += 1
          return polls.map { [count = $0] polls in count > polls } ?? false
        }
      })
    return try runTasks(
      choice, of: stage, in: workspace, version: "test",
      ingest: IngestOptions(environment: ProcessInfo.processInfo.environment), threads: nil,
      observer: observer)
  }

  private func list(_ workspace: String) throws -> TaskList {
    try taskList(
      of: workspace, version: "test",
      ingest: IngestOptions(environment: ProcessInfo.processInfo.environment))
  }

  @Test(arguments: 0..<Sample.kinds)
  func anyScheduleGivesTheSame(kind: Int) throws {
    let sample = try Sample()
    _ = try buildWorkspace(sample.parameters(kind, to: "local"))
    let wanted = try sample.folder.identity("local")
    for schedule in 0..<40 {
      try follow(schedule, kind, sample, wanted)
    }
  }

  private func follow(
    _ schedule: Int, _ kind: Int, _ sample: Sample, _ wanted: [String: [UInt8]]
  ) throws {
    var random = SeededRandom(UInt64(1000 * kind + schedule))
    let name = "ws-\(schedule)"
    let workspace = sample.folder(name)
    var known = try recordBuild(sample.parameters(kind, to: name))
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    var steps = 0
    while true {
      steps += 1
      try #require(steps < 2000)
      let open = ready(known)
      let stage = try #require(open.randomElement(using: &random))
      if chance(8),
        let early = known.stages.filter({ stage in
          stage.done < stage.tasks && !open.contains(stage) && stage.name != "finish"
        }).randomElement(using: &random)
      {
        // What it comes after is not finished: it says so, and nothing is lost.
        let message = refusal { _ = try run(sample, workspace, early.name, TaskChoice([0])) }
        #expect(
          message?.contains("to be finished, found") == true, "\(early.name): \(message ?? "none")")
        continue
      }
      if chance(10),
        let old = known.stages.filter({ $0.done == $0.tasks }).randomElement(using: &random)
      {
        let outcome = try run(sample, workspace, old.name, TaskChoice([0], stride: 1))
        #expect(outcome == .finished(0), "\(old)")
        continue
      }
      let number = Int.random(in: 0..<stage.tasks, using: &random)
      let choice =
        stage.isExact && chance(70)
        ? TaskChoice([number]) : TaskChoice([number % 3], stride: 3)
      if chance(15) {
        // Somebody else stopped, or was killed, in the middle of it.
        let polls = Int.random(in: 0..<6, using: &random)
        do {
          _ = try run(sample, workspace, stage.name, choice, stopAfter: polls)
        } catch let error as WinnowError where error == .interrupted {}
        let place = sample.folder(".\(name).building/stage/\(stage.name)")
        if FileManager.default.fileExists(atPath: place) {
          try sample.folder.write(
            ".\(name).building/stage/\(stage.name)/run-0.77-x-y.partial", Array("torn".utf8))
        }
      } else if chance(20) {
        try twoAtOnce(sample, workspace, stage.name, choice)
      } else {
        _ = try run(sample, workspace, stage.name, choice)
      }
      if FileManager.default.fileExists(atPath: workspace + "/workspace.json") { break }
      known = try list(workspace)
    }
    #expect(try sample.folder.identity(name) == wanted, "kind \(kind), schedule \(schedule)")
    #expect(try run(sample, workspace, "assign", TaskChoice([0])) == .workspaceFinished)
    #expect(!(try sample.folder.names().contains(".\(name).building")))
    try FileManager.default.removeItem(atPath: workspace)
  }

  private func twoAtOnce(
    _ sample: Sample, _ workspace: String, _ stage: String, _ choice: TaskChoice
  ) throws {
    let failures = Mutex<[String]>([])
    parallel(tasks: 2, threads: 2) { _, _ in
      do { _ = try run(sample, workspace, stage, choice) } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    let found = failures.withLock { $0 }
    #expect(found.isEmpty, "\(stage): \(found)")
  }

  /// Does all tasks in the order of the list.
  private func runAll(_ sample: Sample, _ workspace: String) throws {
    while !FileManager.default.fileExists(atPath: workspace + "/workspace.json") {
      let stage = try #require(ready(list(workspace)).first)
      _ = try run(sample, workspace, stage.name, TaskChoice([0], stride: 1))
    }
  }

  /// Empty clusters are filled, by rows of any task; rounds end early or not at all.
  @Test(arguments: [(1, 1), (3, 20), (40, 25), (200, 3), (5, 0)])
  func roundsOfManyTasksAreThoseOfOne(clusters: Int, iterations: Int) throws {
    let sample = try Sample()
    let few = clumpedRows(90, dimensions: 3, clumps: 3)
    let rows = (0..<40_000).map { few[$0 * $0 % 89] }
    let input = try sample.folder.shard("many", rows)
    var parameters = sample.parameters(0, to: "ws")
    parameters.inputs = [input]
    (parameters.clusters, parameters.iterations) = (clusters, iterations)
    parameters.trainingRows = .all
    let list = try recordBuild(parameters)
    if iterations > 0 {
      #expect(try #require(list.stages.first { $0.name == "round-1" }).tasks > 1)
    }
    try runAll(sample, sample.folder("ws"))
    parameters.output = sample.folder("local")
    let local = try buildWorkspace(parameters)
    #expect(local.description.training.iterations <= iterations)
    #expect(try sample.folder.identity("ws") == sample.folder.identity("local"))
  }

  /// Small results are shared among few tasks, each of them in one; any shares of these are all of it.
  @Test func smallResultsAreSharedAmongFewTasks() throws {
    let sample = try Sample()
    let list = try recordBuild(sample.parameters(5, to: "ws"))
    let scan = try #require(list.stages.first { $0.name == "scan" })
    #expect(scan.tasks == 8 && scan.done == 0)
    let workspace = sample.folder("ws")
    func results() throws -> [String] {
      try FileManager.default.contentsOfDirectory(
        atPath: sample.folder(".ws.building/stage/scan")
      ).filter { $0.hasPrefix("shard-") }.sorted()
    }
    #expect(try run(sample, workspace, "scan", TaskChoice([3])) == .finished(1))
    #expect(try results() == ["shard-11.json", "shard-19.json", "shard-3.json"])
    #expect(try run(sample, workspace, "scan", TaskChoice([0, 3])) == .finished(1))
    try FileManager.default.removeItem(
      atPath: sample.folder(".ws.building/stage/scan/shard-16.json"))
    #expect(try self.list(workspace).stages.first { $0.name == "scan" }?.done == 1)
    let message = refusal { _ = try run(sample, workspace, "train", TaskChoice([0])) }
    #expect(
      message?.hasPrefix(
        "stage scan: expected all 8 tasks to be finished, found 7 unfinished (the first is task 0)"
      )
        == true, "\(message ?? "none")")
    for share in 0..<3 {
      _ = try run(sample, workspace, "scan", TaskChoice([share], stride: 3))
    }
    #expect(try results().count == 21)
    #expect(try self.list(workspace).stages.first { $0.name == "scan" }?.done == 8)
  }
}
