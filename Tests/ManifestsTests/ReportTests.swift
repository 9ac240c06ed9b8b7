// The quota table and the facts of a workspace, as other programs read them.

import Foundation
import Manifests
import Pruning
import Testing
import Workspace

private struct Table: Decodable {
  struct Concept: Decodable {
    var dIntra, dInter, complexity, probability: Double

    enum CodingKeys: String, CodingKey {
      case complexity, probability
      case dIntra = "d_intra"
      case dInter = "d_inter"
    }
  }

  var concepts: [Concept]
}

struct ReportTests {
  @Test func theQuotaTableAsJSONSumsToTheTarget() throws {
    let sample = try SampleWorkspace()
    let scores = sample.workspace.scores
    var plan = sample.plan(29)
    plan.setOverride(Override(cluster: 0, action: .keep(ExactDecimal("0.5")!)))
    plan.setOverride(Override(cluster: 4, action: .weight(3), note: "\"quoted\""))
    let quotas = try QuotaSolver(scores: scores).solve(plan)
    let table = try object(QuotaReport(sample.workspace, plan).json())
    let concepts = try #require(table["concepts"] as? [[String: Any]])
    #expect(table["target"] as? Int == 29 && table["sum"] as? Int == 29)
    #expect(table["candidates"] as? Int == 60 && table["workspace"] as? String == "ws")
    #expect(table["saturated"] as? Int == quotas.saturated)
    #expect(((table["shift"] as? Double ?? .nan) - quotas.shift).magnitude < 1e-9)
    #expect(concepts.map { $0["concept"] as? Int } == Array(0..<6))
    #expect(concepts.map { $0["quota"] as? Int } == quotas.quota)
    #expect(concepts.compactMap { $0["quota"] as? Int }.reduce(0, +) == 29)
    #expect(concepts.map { $0["size"] as? Int } == scores.size)
    // JSONSerialization loses a bit of some numbers, JSONDecoder none.
    let exact = try JSONDecoder().decode(
      Table.self, from: Data(QuotaReport(sample.workspace, plan).json().utf8)
    ).concepts
    #expect(exact.map(\.dIntra) == scores.dIntra)
    #expect(exact.map(\.dInter) == scores.dInter)
    #expect(exact.map(\.complexity) == scores.complexity)
    #expect(exact.map(\.probability) == quotas.probability)
    #expect(concepts[0]["override"] as? String == "keep 0.5")
    #expect(concepts[4]["override"] as? String == "weight 3.0")
    #expect(concepts[1]["override"] is NSNull)
    let plans = try #require(table["plan"] as? [String: Any])
    #expect((plans["overrides"] as? [Any])?.count == 2)
  }

  @Test func theQuotaTableAsCSVAndText() throws {
    let sample = try SampleWorkspace()
    let plan = sample.plan(29)
    let quotas = try QuotaSolver(scores: sample.workspace.scores).solve(plan).quota
    let report = try QuotaReport(sample.workspace, plan)
    let lines = report.csv().split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines.allSatisfy { $0.count == 10 } && lines.count == 7)
    let column = try #require(lines[0].firstIndex(of: "quota"))
    #expect(lines.dropFirst().map { Int($0[column]) } == quotas)
    let text = report.text()
    #expect(text.contains("keep 29 of 60 candidates (48.33 %)"))
    #expect(text.contains("sum of quotas 29"))
    #expect(text.split(separator: "\n").count == 9)
    #expect(report.text(most: 2).contains("and 4 more concepts"))
  }

  @Test func theMeansOfColumnsOfNumbers() throws {
    let sample = try SampleWorkspace(.withNumbers)
    let report = try QuotaReport(sample.workspace, sample.plan())
    let lines = report.csv().split(separator: "\n")
    #expect(lines[0].hasSuffix(",override,name,\"mean_a,\"\"b\",mean_none"))
    let table = try object(report.json())
    let concepts = try #require(table["concepts"] as? [[String: Any]])
    for (cluster, concept) in concepts.enumerated() {
      let members = sample.workspace.offset(cluster)..<sample.workspace.offset(cluster + 1)
      let rows = try members.map { try sample.workspace.row(at: $0) }
      let mean = Double(rows.map { $0 / 2 }.reduce(0, +)) / Double(rows.count)
      #expect(concept["mean_a,\"b"] as? Double == mean)
      #expect(concept["mean_none"] as? Double == (rows.contains(0) ? 1 : nil))
      #expect(lines[cluster + 1].hasSuffix(",\(mean),\(rows.contains(0) ? "1.0" : "")"))
    }
    #expect(!report.text().contains("mean_"))
    let facts = try object(WorkspaceReport(sample.workspace).json())
    #expect(facts["numbers"] as? [String] == ["a,\"b", "none"])
  }

  @Test func everythingFixedIsStillJSON() throws {
    let sample = try SampleWorkspace()
    var plan = sample.plan(0)
    for cluster in 0..<6 { plan.setOverride(Override(cluster: cluster, action: .drop)) }
    let table = try object(QuotaReport(sample.workspace, plan).json())
    #expect(table["sum"] as? Int == 0)
  }

  @Test func whatIsInfeasibleIsNoReport() throws {
    let sample = try SampleWorkspace()
    #expect(
      refusal { _ = try QuotaReport(sample.workspace, sample.plan(61)) }?.contains("60") == true)
  }

  @Test func theFactsOfAWorkspace() throws {
    let sample = try SampleWorkspace()
    _ = try PlanStore(sample.workspace).commit(sample.plan(), note: nil, time: "t", outputs: [])
    let report = try WorkspaceReport(sample.workspace)
    let facts = try object(report.json())
    #expect(facts["rows"] as? Int == 60 && facts["concepts"] as? Int == 6)
    #expect(facts["fingerprint"] as? String == (try sample.workspace.fingerprint()))
    #expect(facts["clustering"] as? String == sample.workspace.clustering)
    #expect(facts["last-plan"] as? Int == 1)
    #expect(facts["keys"] as? String == "key (text)")
    #expect(facts["captions"] is NSNull)
    #expect(report.text().split(separator: "\n").count == facts.count)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
