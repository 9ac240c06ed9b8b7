// What a build does to what is there: refused, replaced whole, or left to the last byte.

import Build
import BuildSupport
import Foundation
import Foundations
import Pruning
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

struct ReplacingTests {
  @Test func withoutForceNothingIsTouched() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(30, dimensions: 3))
    try folder.build([input])
    let before = try contents(below: folder.path)
    let message = refusal { try folder.build([input], clusters: 5) }
    #expect(message?.contains("the workspace already exists; replace it with --force") == true)
    try folder.write("other/file", "x")
    #expect(
      refusal { try folder.build([input], to: "other") { $0.force = true } }?
        .contains("the folder is neither empty nor a workspace") == true)
    #expect(
      refusal { try folder.build([input], to: "a.npy") { $0.force = true } }?
        .contains("expected a folder or nothing, found a file") == true)
    #expect(try contents(below: folder.path).filter { !$0.key.hasPrefix("other") } == before)
  }

  @Test func forceKeepsCommittedPlans() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(30, dimensions: 3))
    let old = try folder.build([input])
    _ = try PlanStore(old).commit(Plan(target: 9), note: "kept", time: "then", outputs: [])
    let plans = try contents(below: folder("ws/plans"))
    #expect(plans.keys.sorted() == ["0001.json", "history.jsonl"])
    let new = try folder.build([input], clusters: 6) { $0.force = true }
    #expect(new.clusters == 6)
    #expect(try contents(below: folder("ws/plans")) == plans)
    #expect(try PlanStore(new).lastCommitted()?.plan.target == 9)
    #expect(try new.verify() == [])
    #expect(try hidden(folder) == [])
    // An open workspace stays readable when it is replaced.
    #expect(try (0..<30).map { try old.row(at: $0) }.sorted() == Array(0..<30))
  }

  @Test func anEmptyFolderBecomesTheWorkspace() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(30, dimensions: 3))
    try FileManager.default.createDirectory(
      atPath: folder("ws"), withIntermediateDirectories: false)
    #expect(try folder.build([input], to: "ws/").rows == 30)
    #expect(try hidden(folder) == [])
  }

  @Test func aFailureLeavesTheOldOneAndNoFolders() throws {
    let folder = try TemporaryFolder()
    let good = try folder.shard("a", clumpedRows(30, dimensions: 3))
    let bad = try folder.shard("b", [[1, 2, 3], [0, .nan, 0]])
    try folder.build([good])
    let before = try contents(below: folder.path)
    #expect(refusal { try folder.build([good], to: "new/deep/er", clusters: 31) } != nil)
    #expect(refusal { try folder.build([good], clusters: 31) { $0.force = true } } != nil)
    #expect(refusal { try folder.build([good, folder("none.npy")]) { $0.force = true } } != nil)
    #expect(try contents(below: folder.path) == before)
    // What was scanned stays beside the old one, and the next build uses it.
    #expect(refusal { try folder.build([good, bad]) { $0.force = true } } != nil)
    #expect(try folder.names() == [".ws.building", "a.npy", "b.npy", "ws"])
    let beside = try contents(below: folder.path).filter { !$0.key.hasPrefix(".ws.building") }
    #expect(beside == before)
    let told = Mutex<[String]>([])
    try folder.build(
      [good, bad], observer: BuildObserver(message: { text in told.withLock { $0.append(text) } })
    ) {
      $0.force = true
      $0.skipInvalid = true
    }
    #expect(told.withLock { $0.contains("scan: 2 of 2 tasks already done") })
    #expect(try hidden(folder) == [])
    // A parent that was made stays when the build is a success.
    #expect(try folder.build([good], to: "new/deep/er").rows == 30)
  }

  @Test(arguments: [1, 3])
  func cancelledAnywhereItKeepsTheOldOneAndContinues(threads: Int) throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(60, dimensions: 3)
    let input = try folder.clipRetrieval("in", [Array(rows[..<25]), Array(rows[25...])]) { shard in
      "key,caption,width\n" + (0..<[25, 35][shard]).map { "k\(shard)-\($0),c,\($0)\n" }.joined()
    }
    try folder.build([input]) { $0.trainingRows = .total(20) }
    let before = try contents(below: folder.path)
    let events = Mutex(0)
    try folder.build(
      [input], to: "whole", clusters: 5, threads: threads,
      observer: BuildObserver(progress: { _ in events.withLock { $0 += 1 } }))
    let whole = try folder.identity("whole")
    try FileManager.default.removeItem(atPath: folder("whole"))
    let total = events.withLock { $0 }
    #expect(total > 10)
    /// Builds until it was told `limit` times; true when that was before the end.
    func isStopped(after limit: Int, _ output: String) throws -> Bool {
      let seen = Mutex(0)
      let observer = BuildObserver(
        progress: { _ in seen.withLock { $0 += 1 } },
        isCancelled: { seen.withLock { $0 >= limit } })
      do {
        try folder.build(
          [input], to: output, clusters: 5, threads: threads, observer: observer
        ) { $0.force = true }
      } catch let error as WinnowError where error == .interrupted {
        #expect(try folder.names().allSatisfy { $0 == "in" || $0 == "ws" }, "after \(limit)")
        return true
      } catch let error as WinnowError where error.isInterruption {
        let place = try #require(error.finishedWork)
        #expect(FileManager.default.fileExists(atPath: place), "after \(limit) of \(total)")
        return true
      }
      return false
    }
    for limit in 0...total {
      // A fresh one, stopped once, and one that was stopped before.
      #expect(try isStopped(after: limit, "new/ws"), "after \(limit) of \(total)")
      try folder.build([input], to: "new/ws", clusters: 5, threads: threads)
      #expect(try folder.identity("new/ws") == whole, "after \(limit) of \(total)")
      try FileManager.default.removeItem(atPath: folder("new"))
      _ = try isStopped(after: total - limit, "ws")
      let beside = try contents(below: folder("ws"))
      if beside["workspace.json"] == before["ws/workspace.json"] {
        #expect(beside.allSatisfy { before["ws/" + $0.key] == $0.value })
      }
    }
    try folder.build([input], clusters: 5, threads: threads) { $0.force = true }
    #expect(try folder.identity("ws") == whole)
    #expect(try folder.names() == ["in", "ws"])
  }

  @Test func progressRunsThroughTheStagesInOrder() throws {
    let folder = try TemporaryFolder()
    let input = try folder.clipRetrieval("in", [clumpedRows(40, dimensions: 3)]) { _ in
      "key,width\n" + (0..<40).map { "k\($0),\($0)\n" }.joined()
    }
    let told = Mutex<[BuildProgress]>([])
    let summary = try folder.build(
      [input], observer: BuildObserver(progress: { event in told.withLock { $0.append(event) } }))
    let events = told.withLock { $0 }
    var stages: [StageName] = []
    for event in events where stages.last != event.stage { stages.append(event.stage) }
    #expect(
      stages
        == StageName.steps.filter {
          ![.convert, .filter, .fine, .dedup].contains($0)
        })
    for stage in stages {
      let own = events.filter { $0.stage == stage }
      #expect(own.last!.done == own.last!.total, "\(stage)")
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.done <= $1.done })
      #expect(own.dropLast().allSatisfy { $0.done >= 0 && $0.total == own[0].total })
      // Training that stops early had that many rounds in all.
      #expect(own.last!.total <= own[0].total)
      if stage == .train { #expect(own.last!.total == summary.description.training.iterations) }
    }
  }

  /// Staging folders that were left behind.
  private func hidden(_ folder: TemporaryFolder) throws -> [String] {
    try folder.names().filter { $0.hasPrefix(".") }
  }
}
