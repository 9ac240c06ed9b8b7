// Builds that end early and go on: whatever was finished, changed or torn in between, the workspace is
// the one of a build that nobody stopped, and the messages say what was done again.

import Build
import BuildSupport
import Foundation
import Foundations
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

struct ResumeTests {
  /// Two shards with keys, captions and a column of numbers; what a whole build of them gives.
  private struct Sample {
    let folder: TemporaryFolder
    let rows = clumpedRows(70, dimensions: 5)
    let input: String

    init() throws {
      let folder = try TemporaryFolder()
      let rows = rows
      input = try folder.clipRetrieval("in", [Array(rows[..<30]), Array(rows[30...])]) { shard in
        "key,caption,width\n"
          + (0..<[30, 40][shard]).map { "k\(shard)-\($0),word\($0 % 7) here,\($0)\n" }.joined()
      }
      self.folder = folder
    }

    var shard: String { input + "/img_emb/img_emb_1.npy" }

    /// Builds until the first event of `stage` (nil: to the end); returns the messages.
    func build(
      until stage: StageName?, to name: String = "ws", clusters: Int = 4,
      threads: Int = 2, _ change: (inout BuildParameters) -> Void = { _ in },
      progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
    ) throws -> [String] {
      let told = Mutex<[String]>([])
      let isOver = Mutex(false)
      let observer = BuildObserver(
        progress: { event in
          if event.stage == stage { isOver.withLock { $0 = true } }
          progress(event)
        }, message: { text in told.withLock { $0.append(text) } },
        isCancelled: { isOver.withLock { $0 } })
      do {
        try folder.build(
          [input], to: name, clusters: clusters, threads: threads, observer: observer
        ) {
          $0.trainingRows = .total(40)
          change(&$0)
        }
        #expect(stage == nil)
      } catch let error as WinnowError where error.isInterruption {
        let place = try #require(error.finishedWork)
        #expect(stage != nil && place == folder("." + name + ".building"))
      }
      return told.withLock { $0 }
    }

    func tasks(_ name: String = "ws") throws -> [String: [String: Int]] {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder(name + "/build-log.json")))
      let log = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      return try #require(log["tasks"] as? [String: [String: Int]])
    }
  }

  @Test func anotherNumberOfClustersDoesNotScanAgain() throws {
    let sample = try Sample()
    _ = try sample.build(until: nil)
    #expect(try sample.tasks()["scan"] == ["done": 2, "before": 0])
    let told = try sample.build(until: nil, clusters: 6) { $0.force = true }
    #expect(told.contains("scan: 2 of 2 tasks already done"))
    #expect(try sample.tasks()["scan"] == ["done": 0, "before": 2])
    #expect(try sample.tasks()["train"] == ["done": 1, "before": 0])
    _ = try sample.build(until: nil, to: "fresh", clusters: 6)
    #expect(try sample.folder.identity("ws") == sample.folder.identity("fresh"))
    #expect(try OpenWorkspace(path: sample.folder("ws")).verify() == [])
  }

  @Test func aChangedParameterRedoesWhatDependsOnIt() throws {
    let sample = try Sample()
    _ = try sample.build(until: .name)
    var told = try sample.build(until: .name) { $0.neighbours = 2 }
    #expect(
      told.filter { $0.contains("redoing") } == [
        "score: redoing it because --neighbours was 20 and is now 2"
      ])
    #expect(told.contains("assign: 1 of 1 tasks already done"))
    told = try sample.build(until: nil, clusters: 5) { $0.neighbours = 2 }
    #expect(
      told.filter { $0.contains("redoing") }
        == [
          "train: redoing it because --clusters was 4 and is now 5",
          "assign: redoing it because train changed",
          "sort: redoing it because assign changed",
          "score: redoing it because sort changed, train changed",
          "columns: redoing it because sort changed",
          "name: redoing it because sort changed",
        ].filter { line in told.contains(line) })
    #expect(told.contains("train: redoing it because --clusters was 4 and is now 5"))
    #expect(told.contains("assign: redoing it because train changed"))
    #expect(told.contains("metadata: 1 of 1 tasks already done"))
    _ = try sample.build(until: nil, to: "fresh", clusters: 5) { $0.neighbours = 2 }
    #expect(try sample.folder.identity("ws") == sample.folder.identity("fresh"))
  }

  @Test func aChangedInputCostsItsOwnScan() throws {
    let sample = try Sample()
    _ = try sample.build(until: .sort)
    let other = clumpedRows(40, dimensions: 5, seed: 9)
    try sample.folder.write("in/img_emb/img_emb_1.npy", npyFile(other, 5))
    let told = try sample.build(until: nil)
    #expect(
      told.contains { $0.hasPrefix("scan: redoing it because \(sample.shard) changed: its ") },
      "\(told)")
    #expect(told.contains("scan: 1 of 2 tasks already done"), "\(told)")
    #expect(told.contains("train: redoing it because scan changed"), "\(told)")
    #expect(try sample.tasks()["scan"] == ["done": 1, "before": 1])
    _ = try sample.build(until: nil, to: "fresh")
    #expect(try sample.folder.identity("ws") == sample.folder.identity("fresh"))
  }

  @Test(arguments: [StageName.scan, .train, .assign], [1, 2])
  func anInputThatChangesDuringTheBuildIsRefused(
    stage: StageName, threads: Int
  ) throws {
    let sample = try Sample()
    let (folder, rows) = (sample.folder, sample.rows)
    let message = refusal {
      _ = try sample.build(
        until: nil, threads: threads,
        progress: { event in
          // One row fewer; while it is written, none.
          if event.stage == stage {
            _ = try? folder.write("in/img_emb/img_emb_1.npy", npyFile(Array(rows[31...]), 5))
          }
        })
    }
    #expect(
      message?.contains(
        "\(sample.shard): it changed during the build: its size was 928 bytes and is now ")
        == true, "\(message ?? "no error")")
    #expect(message?.contains("build again") == true)
    try sample.folder.write("in/img_emb/img_emb_1.npy", npyFile(Array(sample.rows[30...]), 5))
    _ = try sample.build(until: nil)
    _ = try sample.build(until: nil, to: "fresh")
    #expect(try sample.folder.identity("ws") == sample.folder.identity("fresh"))
  }

  @Test(arguments: 0..<24)
  func anyTasksLostOrTornAreDoneAgain(seed: Int) throws {
    let sample = try Sample()
    _ = try sample.build(until: nil, to: "fresh")
    var random = SeededRandom(UInt64(seed))
    _ = try sample.build(until: [.sort, .score, .columns, .name][seed % 4])
    let building = sample.folder(".ws.building")
    let files = try contents(below: building).filter { !$0.value.isEmpty }
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where !name.hasSuffix("lock") {
      var bytes = bytes
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes = Array(bytes[..<place])
      case 1: bytes[place] ^= 1 << UInt8(Int.random(in: 0..<8, using: &random))
      case 2: bytes = [UInt8](repeating: 0, count: bytes.count)
      case 3:
        try FileManager.default.removeItem(atPath: building + "/" + name)
        continue
      case 4:
        try sample.folder.write(".ws.building/" + name + ".77.partial", Array(bytes[..<place]))
      default: continue
      }
      try sample.folder.write(".ws.building/" + name, bytes)
    }
    _ = try sample.build(until: nil, threads: 1 + seed % 3)
    #expect(try sample.folder.identity("ws") == sample.folder.identity("fresh"))
    #expect(try OpenWorkspace(path: sample.folder("ws")).verify() == [])
    #expect(try sample.folder.names() == ["fresh", "in", "ws"])
  }

  @Test(arguments: 1...4)
  func roundsOfTheTrainingAreKept(rounds: Int) throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(5)
    let input = try folder.shard("a", (0..<600).map { _ in random.components(6, bits: 8) })
    let change: (inout BuildParameters) -> Void = { $0.checkpointInterval = .zero }
    try folder.build([input], to: "fresh", clusters: 12, change)
    let iterations = try OpenWorkspace(path: folder("fresh")).description.training.iterations
    #expect(iterations > 5)
    let isOver = Mutex(false)
    let told = Mutex<[String]>([])
    let observer = BuildObserver(
      progress: { event in
        if event.stage == .train, event.done >= rounds { isOver.withLock { $0 = true } }
      }, message: { text in told.withLock { $0.append(text) } },
      isCancelled: { isOver.withLock { $0 } })
    #expect(throws: WinnowError.self) {
      try folder.build([input], clusters: 12, observer: observer, change)
    }
    try folder.build(
      [input], clusters: 12,
      observer: BuildObserver(message: { text in told.withLock { $0.append(text) } }), change)
    #expect(
      told.withLock { $0 }.contains(
        "train: \(rounds) \(rounds == 1 ? "round" : "rounds") already done"))
    #expect(try folder.identity("ws") == folder.identity("fresh"))
  }

  @Test func oneBuildOfAWorkspaceAtATime() throws {
    let sample = try Sample()
    let found = Mutex<String?>(nil)
    let folder = sample.folder
    let input = sample.input
    _ = try sample.build(
      until: nil,
      progress: { event in
        guard event.stage == .sort else { return }
        let text = refusal { try folder.build([input]) }
        found.withLock { $0 = $0 ?? text }
      })
    #expect(
      found.withLock { $0 }?.contains(
        "\(folder("ws")): another build is already writing it (process \(getpid())); wait for it")
        == true,
      "\(found.withLock { $0 } ?? "no error")")
    #expect(try folder.names() == ["in", "ws"])
  }

  @Test func tooLittleMemoryIsRefusedAtTheStart() throws {
    let sample = try Sample()
    let message = refusal { _ = try sample.build(until: nil) { $0.memory = 1 << 20 } }
    #expect(
      message?.hasPrefix("--memory: expected at least ") == true
        && message?.contains("found 1.0 MiB: the stage ") == true
        && message?.contains("give --memory ") == true, "\(message ?? "no error")")
    #expect(try sample.folder.names() == ["in"])
    _ = try sample.build(until: nil) { $0.memory = 1 << 30 }
  }

  @Test func aForecastWritesNothingAndKnowsWhatIsThere() throws {
    let sample = try Sample()
    func forecast() throws -> BuildForecast {
      var parameters: BuildParameters?
      _ = refusal {
        try sample.folder.build([sample.input]) {
          $0.trainingRows = .total(40)
          $0.force = true
          parameters = $0
          $0.memory = 1
        }
      }
      return try forecastBuild(parameters!)
    }
    func before(_ forecast: BuildForecast) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: forecast.stages.map { ($0.stage, $0.before) })
    }
    var files = try contents(below: sample.folder.path)
    let first = try forecast()
    #expect(try contents(below: sample.folder.path) == files)
    #expect(
      first.stages.map(\.stage) == [
        "metadata", "keys", "scan", "train", "assign", "sort", "score", "columns", "name",
      ])
    #expect(first.stages.allSatisfy { $0.before == 0 && $0.seconds >= 0 && $0.tasks > 0 })
    #expect(first.rows == 70 && first.clusters == 4 && first.trainingRows == 40)
    #expect(first.memory > 0 && first.disk >= first.workspace && first.workspace > 0)
    _ = try sample.build(until: .score)
    files = try contents(below: sample.folder.path)
    let later = before(try forecast())
    for (stage, count) in ["metadata": 1, "scan": 2, "train": 1, "assign": 1, "sort": 1] {
      #expect(later[stage] == count, "\(stage)")
    }
    #expect(later["name"] == 0)
    #expect(try contents(below: sample.folder.path) == files)
    _ = try sample.build(until: nil)
    #expect(before(try forecast()).filter { $0.value > 0 } == ["scan": 2])
  }
}
