// One search against twenty builds.

import Build
import BuildSupport
import Clustering
import Foundation
import TestSupport
import Testing
import Workspace

struct DuplicateCurveTests {
  private func curve(
    _ folder: TemporaryFolder, _ inputs: [String], clusters: Int? = nil,
    _ change: (inout BuildParameters) -> Void = { _ in }
  ) throws -> DuplicateCurve {
    var parameters = BuildParameters(
      inputs: inputs, output: folder("scratch"), clusters: 1, threads: 2, instructions: .best,
      ingest: .init(environment: ProcessInfo.processInfo.environment), version: "test")
    if let clusters {
      parameters.deduplication = Deduplication(
        DuplicateCriterion(epsilon: 0.5, rule: .greedy), clusters: clusters)
    }
    change(&parameters)
    defer { #expect(!FileManager.default.fileExists(atPath: folder("scratch"))) }
    return try duplicateCurve(parameters)
  }

  private func dedup(
    _ epsilon: Double, _ rule: DuplicateRule, _ clusters: Int?
  ) -> Deduplication {
    Deduplication(DuplicateCriterion(epsilon: epsilon, rule: rule), clusters: clusters)
  }

  @Test(arguments: [nil, 4] as [Int?])
  func equalsTwentyBuilds(clusters: Int?) throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(220, dimensions: 5, clumps: 12))
    let found = try curve(folder, [input], clusters: clusters)
    #expect(found.points.count == 20 && found.candidates == 220)
    #expect(found.clusters == clusters ?? 1)
    for point in found.points {
      func kept(_ rule: DuplicateRule) throws -> Int {
        try folder.build([input], clusters: 1) {
          $0.deduplication = dedup(point.epsilon, rule, clusters)
          $0.force = true
        }.candidates
      }
      #expect(try kept(.chain) == point.kept, "\(point)")
      #expect(try kept(.greedy) >= point.kept, "\(point)")
      #expect(point.fraction == Double(point.kept) / 220)
    }
    #expect(found.points.first!.kept > found.points.last!.kept)
    #expect(found.text.contains("a lower bound for greedy"))
  }

  /// The candidates, seed and fine clusters of the workspace, whatever its own epsilon and rule.
  @Test func ofAWorkspace() throws {
    let folder = try TemporaryFolder()
    var rows = clumpedRows(200, dimensions: 4, clumps: 9)
    rows[3] = [0, 0, 0, 0]
    let input = try folder.clipRetrieval("in", [rows]) { _ in
      "key,similarity\n" + (0..<200).map { "k\($0),\(Float($0 % 4) / 4)\n" }.joined()
    }
    func prepare(_ parameters: inout BuildParameters) {
      parameters.skipInvalid = true
      parameters.seed = 7
      parameters.filters.similarityMinimum = SimilarityBound("0.25")
    }
    let workspace = try folder.build([input]) {
      prepare(&$0)
      $0.deduplication = dedup(0.02, .greedy, 5)
    }
    let expected = try curve(folder, [input], clusters: 5) { prepare(&$0) }
    #expect(expected.candidates == 149)
    #expect(try curve(folder, [workspace.path]) == expected)
    let message = refusal {
      _ = try curve(folder, [workspace.path]) { $0.filters.allow = "list" }
    }
    #expect(message?.contains("filters cannot change the candidates") == true, "\(message ?? "")")
    let both = refusal { _ = try curve(folder, [workspace.path, input]) }
    #expect(both?.contains("expected one workspace alone") == true, "\(both ?? "")")
    rows[9] = [1, 2, 3, 4]
    try folder.write("in/img_emb/img_emb_0.npy", npyFile(rows, 4))
    let changed = refusal { _ = try curve(folder, [workspace.path]) }
    #expect(changed?.contains("its inputs have changed since it was built") == true)
  }

  @Test func refusals() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(30, dimensions: 4))
    let many = refusal { _ = try curve(folder, [input], clusters: 31) }
    #expect(many?.contains("--dedup-clusters: expected at most 30") == true, "\(many ?? "")")
    let missing = refusal { _ = try curve(folder, [folder("none.npy")]) }
    #expect(missing?.contains("none.npy") == true, "\(missing ?? "")")
    try FileManager.default.createDirectory(
      atPath: folder("scratch"), withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder("scratch")) }
    let taken = refusal {
      let parameters = BuildParameters(
        inputs: [input], output: folder("scratch"), clusters: 1, threads: 1, instructions: .best,
        ingest: .init(environment: [:]), version: "test")
      _ = try duplicateCurve(parameters)
    }
    #expect(taken?.contains("expected no file or folder there") == true, "\(taken ?? "")")
  }
}
