// Committed plans: numbers, the log, and plans of a clustering that is gone.

import Foundation
import Pruning
import TestSupport
import Testing
import Workspace

struct PlansTests {
  @Test func commitsAreNumberedAndLogged() throws {
    let sample = try SampleWorkspace()
    let workspace = sample.workspace
    #expect(try workspace.lastCommittedPlan() == nil)
    var plans: [Plan] = []
    for number in 1...12 {
      var plan = Plan(target: number + 20)
      plan.temperature = 0.1 * Double(number)
      plan.setOverride(Override(cluster: number % 5, action: .count(number), note: "\"\u{E9}\n"))
      #expect(
        try workspace.commit(
          plan, note: number == 2 ? "a \"note\"" : nil, time: "2026-01-0\(number)",
          outputs: number == 3 ? [.init(format: "text", path: "a/b.txt", digest: "00")] : [])
          == number)
      plan.clustering = workspace.clustering
      plans.append(plan)
      let last = try workspace.lastCommittedPlan()
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
    _ = try old.commit(Plan(target: 30), note: nil, time: "t", outputs: [])
    var bound = Plan(target: 40)
    bound.setOverride(Override(cluster: 2, action: .drop))
    _ = try old.commit(bound, note: nil, time: "t", outputs: [])
    #expect(try old.lastCommittedPlan()?.number == 2)
    let new = try sample.folder.build([sample.folder("in")], clusters: 6) {
      $0.skipInvalid = true
      $0.force = true
    }
    let last = try #require(try new.lastCommittedPlan())
    #expect(last.number == 1 && last.plan.target == 30)
    // Numbers go on, whatever is passed over.
    #expect(try new.commit(Plan(target: 50), note: nil, time: "t", outputs: []) == 3)
    #expect(try new.lastCommittedPlan()?.number == 3)
    let message = refusal { _ = try new.readPlan(sample.folder("ws/plans/0002.json")) }
    #expect(message?.contains("ws/plans/0002.json: clustering: expected \(new.clustering)") == true)
  }

  @Test func otherFilesAreNoPlans() throws {
    let sample = try SampleWorkspace()
    for name in ["7.json", "-3.json", "00009.json", "x.json", "0008.json.bak", "notes"] {
      try sample.folder.write("ws/plans/" + name, "nonsense")
    }
    #expect(try sample.workspace.lastCommittedPlan() == nil)
    #expect(try sample.workspace.commit(Plan(target: 9), note: nil, time: "t", outputs: []) == 1)
    #expect(try sample.workspace.lastCommittedPlan()?.number == 1)
  }

  @Test func aDamagedPlanIsNamed() throws {
    let sample = try SampleWorkspace()
    _ = try sample.workspace.commit(Plan(target: 9), note: nil, time: "t", outputs: [])
    try sample.change("plans/0001.json") { $0.replace("target", "torget") }
    #expect(
      refusal { _ = try sample.workspace.lastCommittedPlan() }?.contains("plans/0001.json: ")
        == true)
  }
}
