// A thousand explorers on a real workspace, each driven by two hundred random events at random sizes.
// None traps, what each screen says adds up, and what is committed in the end is what `winnow export`
// writes for the stored plan.

import Build
import Canvas
import Clustering
import Explorer
import Foundation
import Ingest
import Manifests
import Pruning
import Synchronization
import TestSupport
import Testing
import Workspace

@Suite struct RandomScriptTests {
  private static let perCase = 25

  /// The bundled sample, built once.
  private struct Sample: Sendable {
    let folder: TemporaryFolder
    let workspace: OpenWorkspace
  }

  private static let sample = Result<Sample, any Error> {
    let folder = try TemporaryFolder()
    _ = try buildWorkspace(
      BuildParameters(
        inputs: ["\(packageRoot())/assets/sample"], output: folder("sample.winnow"), clusters: 40,
        threads: 1, instructions: .best, ingest: IngestOptions(environment: [:]), version: "test"))
    atexit { RandomScriptTests.removeSample() }
    return Sample(folder: folder, workspace: try OpenWorkspace(path: folder("sample.winnow")))
  }

  private static func removeSample() {
    if let sample = try? sample.get() {
      try? FileManager.default.removeItem(atPath: sample.folder.path)
    }
  }

  @Test(arguments: 0..<40)
  func whatIsCommittedIsWhatExportWrites(_ number: Int) throws {
    let sample = try Self.sample.get()
    for seed in number * Self.perCase..<(number + 1) * Self.perCase {
      try drive(seed, sample.workspace)
    }
  }

  private func drive(_ seed: Int, _ workspace: OpenWorkspace) throws {
    let scratch = try TemporaryFolder()
    var random = SeededRandom(UInt64(seed))
    let store = PlanStore(workspace, folder: scratch("plans"))
    let hands = FencedWork(
      work: WorkspaceWork(
        workspace: workspace, plans: store, threads: 1, time: { "2024-01-01T00:00:00Z" }),
      fence: scratch.path)
    let runner = ScriptRunner(performer: hands)
    var state = try State(workspace, output: scratch("keep.txt"), plans: store)
    state = runner.settle(state, .resize(RandomEvents.size(&random)))
    for _ in 0..<200 where !state.isFinished {
      let event = RandomEvents.event(&random)
      state = runner.settle(state, event)
      check(state, "seed \(seed), \(event)")
    }
    for _ in 0..<4 where !state.isFinished { state = runner.settle(state, .key(.escape)) }
    state = runner.settle(runner.settle(state, .key("c")), .key("y"))
    if hands.commits.isEmpty {
      // It was quit, or the path led out of the fence.
      _ = hands.perform(
        CommitOrder(
          plan: state.plan, outputs: [Output(format: .text, output: scratch("last.txt"))],
          note: nil, replace: true)
      ) { _ in true }
    }
    let (number, order) = try #require(hands.commits.last, "seed \(seed) committed nothing")
    let digits = String(number)
    let plan = try workspace.readPlan(
      scratch("plans/" + String(repeating: "0", count: 4 - digits.count) + digits + ".json"))
    for output in order.outputs {
      let again = scratch("again.\(output.format.rawValue)")
      _ = try export(
        ManifestRequest(
          workspace: workspace, choice: .plan(plan),
          lists: [.init(format: output.format, output: again)],
          force: true, threads: 2),
        standardOutput: { _ in }, progress: { _ in true })
      #expect(try files(output.output) == files(again), "seed \(seed), \(output.output)")
    }
  }

  /// What a list consists of: one file, or a folder of some.
  private func files(_ path: String) throws -> [String: [UInt8]] {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { return try contents(below: path) }
    return ["": [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))]
  }

  private func check(_ state: State, _ place: String) {
    let sum = state.quotas.quota.reduce(0, +)
    #expect(sum == state.plan.target, "\(place)")
    let grid = view(state, state.size)
    #expect(grid.size == state.size)
    guard grid.width >= 60, grid.height >= 16 else { return }
    #expect(grid.text.contains("Σ \(thousands(sum)) ="), "\(place)")
    #expect(
      (0..<grid.height).allSatisfy { columns(of: grid.row($0)) == grid.width }, "\(place)")
  }
}

/// Keys and sizes at random.
enum RandomEvents {
  /// All keys of the table, and some that mean nothing or are typed.
  private static let keys: [KeyPress] =
    Array(Set(Actions.all.flatMap(\.keys))).sorted { $0.text < $1.text }
    + ["1", "2", "0", "%", ".", "z", "k", ">", "!", "花", "\u{301}", .function(9), .left, .enter]

  static func size(_ random: inout SeededRandom) -> Size {
    Size(width: 1 + Int(random.next() % 180), height: 1 + Int(random.next() % 60))
  }

  static func event(_ random: inout SeededRandom) -> Event {
    switch random.next() % 40 {
    case 0, 1: .resize(size(&random))
    case 2, 3, 4:
      .mouse(
        Mouse(
          [.press, .doublePress, .wheelUp, .wheelDown][Int(random.next() % 4)],
          Spot(x: Int(random.next() % 180), y: Int(random.next() % 60))))
    case 5: .paste(["food", "size>10\nkeep<1", "\u{1B}[31m", "12,5%", ""][Int(random.next() % 5)])
    default: .key(keys[Int(random.next() % UInt64(keys.count))])
    }
  }
}

/// Works as it is asked to, but writes lists inside one folder only: random keys type random paths.
private final class FencedWork: WorkPerformer {
  let work: WorkspaceWork
  let fence: String
  private let made = Mutex<[(number: Int, order: CommitOrder)]>([])

  init(work: WorkspaceWork, fence: String) {
    self.work = work
    self.fence = fence
  }

  /// The commits that were made, with their numbers.
  var commits: [(number: Int, order: CommitOrder)] { made.withLock { $0 } }

  private func isInside(_ outputs: [Output]) -> Bool {
    outputs.allSatisfy { $0.output.hasPrefix(fence + "/") && !$0.output.contains("..") }
  }

  func perform(_ request: some Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case let question as InspectQuestion where !isInside(question.outputs):
      return .answer(
        Inspection(
          files: question.outputs.map { _ in .blocked("outside the fence") }, folder: fence))
    case let order as CommitOrder where !isInside(order.outputs):
      return .failed("outside the fence")
    case let order as CommitOrder:
      let result = work.perform(request, progress: progress)
      if case .answer(let commit as Commit) = result {
        made.withLock { $0.append((commit.number, order)) }
      }
      return result
    default: return work.perform(request, progress: progress)
    }
  }
}
