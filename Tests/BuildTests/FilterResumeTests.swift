// A changed filter redoes what depends on it, and no more; what was torn in between is done again.

import Build
import BuildSupport
import Foundation
import Foundations
import Synchronization
import Tasks
import TestSupport
import Testing

struct FilterResumeTests {
  private let folder: TemporaryFolder
  private let input: String
  private let list: String

  init() throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(70, dimensions: 5)
    input = try folder.clipRetrieval("in", [Array(rows[..<30]), Array(rows[30...])]) { shard in
      "key,width,similarity\n"
        + (0..<[30, 40][shard]).map { "k\(shard)-\($0),\($0 % 10),0.\($0 % 7)\n" }.joined()
    }
    list = try folder.write("deny.txt", (0..<9).map { "k0-\($0)\n" }.joined())
    self.folder = folder
  }

  /// All filters at once, some of them changed.
  private func filters(_ change: (inout RowFilters) -> Void = { _ in }) -> RowFilters {
    var filters = RowFilters()
    filters.condition = "width < 9"
    filters.deny = list
    filters.similarityMinimum = SimilarityBound("0.1")
    filters.similarityTop = RowFilters.fraction("0.9")
    change(&filters)
    return filters
  }

  /// Builds until the first event of `stage` (nil: to the end); returns the messages.
  private func build(
    until stage: StageName?, to name: String = "ws", threads: Int = 2,
    _ filters: RowFilters
  ) throws -> [String] {
    let told = Mutex<[String]>([])
    let isOver = Mutex(false)
    let observer = BuildObserver(
      progress: { event in if event.stage == stage { isOver.withLock { $0 = true } } },
      message: { text in told.withLock { $0.append(text) } },
      isCancelled: { isOver.withLock { $0 } })
    do {
      try folder.build([input], to: name, clusters: 3, threads: threads, observer: observer) {
        $0.filters = filters
        $0.trainingRows = .total(30)
      }
      #expect(stage == nil)
    } catch let error as WinnowError where error.isInterruption && error.finishedWork != nil {
      #expect(stage != nil)
    }
    return told.withLock { $0 }
  }

  @Test func aChangedFilterRedoesWhatDependsOnIt() throws {
    _ = try build(until: .name, filters())
    func again(_ filters: RowFilters) throws -> Set<String> {
      Set(try build(until: .name, filters).filter { $0.contains("redoing it") })
    }
    let following: Set = [
      "train: redoing it because filter changed",
      "assign: redoing it because filter changed, train changed",
      "sort: redoing it because assign changed",
      "score: redoing it because sort changed, train changed",
      "columns: redoing it because sort changed",
      "name: redoing it because sort changed",
    ]
    let narrower = filters { $0.similarityTop = RowFilters.fraction("80%") }
    #expect(
      try again(narrower)
        == following.union(["filter: redoing it because --similarity-top was 0.9 and is now 0.8"]))
    let other = filters { $0.condition = "width < 8" }
    #expect(
      try again(other)
        == following.union([
          "where: redoing it because --where was width < 9 and is now width < 8",
          "filter: redoing it because --similarity-top was 0.8 and is now 0.9, where changed",
        ]))
    try folder.write("deny.txt", "k1-3\n")
    let told = try again(other)
    #expect(told.count == following.count + 2)
    #expect(told.contains { $0.hasPrefix("lists: redoing it because --deny was ") }, "\(told)")
    #expect(told.contains("filter: redoing it because lists changed"), "\(told)")
    // Neither the scan nor the metadata, nor what a filter has in common with another.
    let last = try build(until: nil, other)
    for stage in ["scan: 2 of 2", "metadata: 1 of 1", "where: 2 of 2", "lists: 1 of 1"] {
      #expect(last.contains { $0.hasPrefix(stage + " tasks") }, "\(last)")
    }
    _ = try build(until: nil, to: "fresh", other)
    #expect(try folder.identity("ws") == folder.identity("fresh"))
  }

  @Test func withoutFiltersAfterSome() throws {
    _ = try build(until: .name, filters())
    _ = try build(until: nil, RowFilters())
    _ = try build(until: nil, to: "fresh", RowFilters())
    #expect(try folder.identity("ws") == folder.identity("fresh"))
    #expect(try folder.identity("ws")["fate.npy"] == nil)
  }

  @Test(arguments: 0..<12)
  func anythingTornIsDoneAgain(seed: Int) throws {
    _ = try build(until: nil, to: "fresh", filters())
    _ = try build(until: [.train, .assign, .name][seed % 3], filters())
    var random = SeededRandom(UInt64(seed))
    let building = folder(".ws.building")
    for (name, bytes) in try contents(below: building).sorted(by: { $0.key < $1.key })
    where !bytes.isEmpty && !name.hasSuffix("lock") && Bool.random(using: &random) {
      var bytes = bytes
      let place = Int.random(in: bytes.indices, using: &random)
      if Bool.random(using: &random) {
        bytes.removeLast(bytes.count - place)
      } else {
        bytes[place] ^= 1 << UInt8(Int.random(in: 0..<8, using: &random))
      }
      try folder.write(".ws.building/" + name, bytes)
    }
    _ = try build(until: nil, threads: 1 + seed % 2, filters())
    #expect(try folder.identity("ws") == folder.identity("fresh"))
  }
}
