// Committed plans: numbers, the log, and plans of a clustering that is gone.

import Build
import BuildSupport
import Foundation
import Foundations
import Pruning
import Synchronization
import TestSupport
import Testing
import Workspace

struct PlansTests {
  @Test func commitsAreNumberedAndLogged() throws {
    let sample = try SampleWorkspace()
    let workspace = sample.workspace
    #expect(try PlanStore(workspace).lastCommitted() == nil)
    var plans: [Plan] = []
    for number in 1...12 {
      var plan = Plan(target: number + 20)
      plan.temperature = 0.1 * Double(number)
      plan.setOverride(Override(cluster: number % 5, action: .count(number), note: "\"\u{E9}\n"))
      #expect(
        try PlanStore(workspace).commit(
          plan, note: number == 2 ? "a \"note\"" : nil, time: "2026-01-0\(number)",
          outputs: number == 3 ? [.init(format: "text", path: "a/b.txt", digest: "00")] : [])
          == number)
      plan.clustering = workspace.clustering
      plans.append(plan)
      let last = try PlanStore(workspace).lastCommitted()
      #expect(last?.number == number && last?.plan == plan)
    }
    let names = try sample.folder.names("ws/plans")
    #expect(names.first == "0001.json" && names[11] == "0012.json" && names[12] == "history.jsonl")
    for (index, plan) in plans.enumerated() {
      #expect(try workspace.readPlan(sample.folder("ws/plans/\(names[index])")) == plan)
    }
    let log = try contents(below: sample.folder("ws"))["plans/history.jsonl"]!
    let lines = try log.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
    #expect(lines.map { $0["plan"] as? Int } == Array(1...12))
    #expect(lines.map { $0["target"] as? Int } == Array(21...32))
    #expect(lines.map { $0["time"] as? String } == (1...12).map { "2026-01-0\($0)" })
    #expect(lines.map { $0["note"] as? String } == (1...12).map { $0 == 2 ? "a \"note\"" : nil })
    let outputs = lines.map { ($0["outputs"] as? [[String: String]]) ?? [["none": "there"]] }
    #expect(
      outputs
        == (1...12).map {
          $0 == 3 ? [["format": "text", "path": "a/b.txt", "digest": "00"]] : []
        })
    #expect(try workspace.verify() == [])
  }

  @Test func plansOfAnotherClusteringArePassedOver() throws {
    let sample = try SampleWorkspace()
    let old = sample.workspace
    _ = try PlanStore(old).commit(Plan(target: 30), note: nil, time: "t", outputs: [])
    var bound = Plan(target: 40)
    bound.setOverride(Override(cluster: 2, action: .drop))
    _ = try PlanStore(old).commit(bound, note: nil, time: "t", outputs: [])
    #expect(try PlanStore(old).lastCommitted()?.number == 2)
    let new = try sample.folder.build([sample.folder("in")], clusters: 6) {
      $0.skipInvalid = true
      $0.force = true
    }
    let last = try #require(try PlanStore(new).lastCommitted())
    #expect(last.number == 1 && last.plan.target == 30)
    // Numbers go on, whatever is passed over.
    #expect(try PlanStore(new).commit(Plan(target: 50), note: nil, time: "t", outputs: []) == 3)
    #expect(try PlanStore(new).lastCommitted()?.number == 3)
    let message = refusal { _ = try new.readPlan(sample.folder("ws/plans/0002.json")) }
    #expect(message?.contains("ws/plans/0002.json: clustering: expected \(new.clustering)") == true)
  }

  @Test func otherFilesAreNoPlans() throws {
    let sample = try SampleWorkspace()
    for name in ["7.json", "-3.json", "00009.json", "x.json", "0008.json.bak", "notes"] {
      try sample.folder.write("ws/plans/" + name, "nonsense")
    }
    #expect(try PlanStore(sample.workspace).lastCommitted() == nil)
    #expect(
      try PlanStore(sample.workspace).commit(Plan(target: 9), note: nil, time: "t", outputs: [])
        == 1)
    #expect(try PlanStore(sample.workspace).lastCommitted()?.number == 1)
  }

  @Test func aDamagedPlanIsNamed() throws {
    let sample = try SampleWorkspace()
    _ = try PlanStore(sample.workspace).commit(Plan(target: 9), note: nil, time: "t", outputs: [])
    try sample.change("plans/0001.json") { $0.replace("target", "torget") }
    #expect(
      refusal { _ = try PlanStore(sample.workspace).lastCommitted() }?.contains("plans/0001.json: ")
        == true)
  }

  @Test func commitsAtOnceGetDifferentNumbers() throws {
    let sample = try SampleWorkspace()
    let store = PlanStore(sample.workspace, folder: sample.folder("a/b/plans"))
    let numbers = Numbers()
    parallel(tasks: 24, threads: 8) { _, task in
      // Threads share a process's locks but not its numbers: each commit takes its own.
      let number = try? PlanStore(sample.workspace, folder: sample.folder("a/b/plans")).commit(
        Plan(target: 20 + task), note: nil, time: "t", outputs: [])
      numbers.add(number ?? 0)
    }
    #expect(numbers.all == Array(1...24))
    let entries = try #require(try store.history { _ in true })
    #expect(entries.map(\.number) == Array((1...24).reversed()))
    #expect(Set(entries.compactMap { $0.plan?.target }) == Set(20..<44))
    #expect(entries.allSatisfy { $0.time == "t" && $0.fault == nil })
    // Nothing was written into the workspace.
    #expect(!(try sample.folder.names("ws").contains("plans")))
  }

  @Test func theHistoryShowsWhatCannotBeUsed() throws {
    let sample = try SampleWorkspace()
    let store = PlanStore(sample.workspace)
    #expect(try store.history { _ in true } == [])
    let output = CommittedOutput(format: "text", path: "x.txt", digest: "ab")
    for target in 20..<24 {
      _ = try store.commit(Plan(target: target), note: "n\(target)", time: "t", outputs: [output])
    }
    try sample.change("plans/0002.json") { $0.replace("target", "torget") }
    var bound = Plan(target: 25)
    bound.clustering = String(repeating: "0", count: 64)
    bound.setOverride(Override(cluster: 1, action: .drop))
    try sample.folder.write("ws/plans/0003.json", String(decoding: bound.json(), as: UTF8.self))
    // A line that is cut off does not hide the others.
    try sample.change("plans/history.jsonl") { $0.removeLast(40) }
    let entries = try #require(try store.history { _ in true })
    #expect(entries.map(\.number) == [4, 3, 2, 1])
    #expect(entries.map { $0.plan?.target } == [23, nil, nil, 20])
    #expect(entries.map { $0.note } == [nil, "n22", "n21", "n20"])
    #expect(entries[1].fault?.contains("another clustering") == true)
    #expect(entries[2].fault?.contains("plans/0002.json") == true)
    #expect(entries[3].outputs == [output])
    #expect(try store.history { _ in false } == nil)
    #expect(try store.commit(Plan(target: 30), note: "last", time: "t", outputs: []) == 5)
    #expect(try store.history { _ in true }?.first?.note == "last")
  }

  @Test func aDraftIsKeptUntilItIsCommittedOrRemoved() throws {
    let sample = try SampleWorkspace()
    let store = PlanStore(sample.workspace)
    #expect(try store.draft() == nil && store.obstacle == nil)
    var plan = Plan(target: 33)
    plan.setOverride(Override(cluster: 1, action: .drop, note: "x"))
    try store.saveDraft(plan)
    plan.clustering = sample.workspace.clustering
    #expect(try store.draft() == plan)
    #expect(try store.lastCommitted() == nil)
    _ = try store.commit(Plan(target: 30), note: nil, time: "t", outputs: [])
    #expect(try store.draft() == plan)
    _ = try store.commit(plan, note: nil, time: "t", outputs: [])
    #expect(try store.draft() == nil)
    try store.saveDraft(plan)
    try store.removeDraft()
    try store.removeDraft()
    #expect(try store.draft() == nil)
    // Of another clustering it is none, even without overrides; damaged it is an error.
    var other = Plan(target: 9)
    other.clustering = "00"
    try sample.folder.write("ws/plans/draft.json", String(decoding: other.json(), as: UTF8.self))
    #expect(try store.draft() == nil)
    try store.saveDraft(plan)
    try sample.change("plans/draft.json") { $0.replace("target", "torget") }
    #expect(refusal { _ = try store.draft() }?.contains("draft.json") == true)
    #expect(try sample.workspace.verify() == [])
  }

  @Test func aFolderThatCannotBeUsedSaysSo() throws {
    let sample = try SampleWorkspace()
    try sample.folder.write("file", "x")
    for place in ["file", "file/plans"] {
      let obstacle = PlanStore(sample.workspace, folder: sample.folder(place)).obstacle
      #expect(obstacle?.contains("--plans DIR") == true, "\(place)")
    }
  }
}

private final class Numbers: Sendable {
  private let numbers = Mutex<[Int]>([])
  func add(_ number: Int) { numbers.withLock { $0.append(number) } }
  var all: [Int] { numbers.withLock { $0.sorted() } }
}
