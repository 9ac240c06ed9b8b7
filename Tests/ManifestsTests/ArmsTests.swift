// The lists to compare with, against sorting everything; comparisons of plans against sets.

import Build
import Foundation
import Manifests
import Pruning
import TestSupport
import Testing
import Workspace

struct ArmsTests {
  private func write(
    _ sample: SampleWorkspace, _ plan: Plan, format: ManifestFormat = .rows, force: Bool = false,
    threads: Int = 1, progress: @escaping (Double) -> Bool = { _ in true }
  ) throws -> ArmsReport {
    try writeArms(
      sample.workspace, plan, format, folder: sample.folder("arms"), force: force,
      threads: threads, programs: SampleWorkspace.programs, progress: progress)
  }

  /// The rows of an arm by sorting all candidates.
  private func slow(_ arm: String, _ sample: SampleWorkspace, _ plan: Plan) throws -> [Int] {
    let candidates = try (0..<sample.workspace.candidates).map { try sample.workspace.row(at: $0) }
    var plan = plan
    switch arm {
    case "random":
      return candidates.sorted {
        slowHash(plan.selectionSeed, UInt64($0)) < slowHash(plan.selectionSeed, UInt64($1))
      }.prefix(plan.target).sorted()
    case "similarity":
      return candidates.sorted { one, other in
        let (left, right) = (SampleWorkspace.similarity(one), SampleWorkspace.similarity(other))
        switch (left, right) {
        case (nil, nil): return one < other
        case (nil, _): return false
        case (_, nil): return true
        case (let left?, let right?): return left != right ? left > right : one < other
        }
      }.prefix(plan.target).sorted()
    case "uniform": plan.strategy = .uniform
    case "proportional": plan.strategy = .proportional
    default: plan.strategy = .complexity
    }
    return Array(try sample.kept(plan))
  }

  @Test(arguments: [0, 1, 23, 53], [false, true])
  func everyArmIsItsList(target: Int, invalid: Bool) throws {
    let sample = try SampleWorkspace(.similar, invalid: invalid)
    var plan = sample.plan(target, order: .random)
    plan.minimum = 0
    plan.selectionSeed = 9
    let names = ["complexity", "uniform", "proportional", "random", "similarity"]
    var first: [String: [UInt8]]?
    for threads in [1, 3] {
      let report = try write(sample, plan, threads: threads)
      let files = try sample.files("arms")
      #expect(first == nil || first == files)
      first = files
      #expect(report.leftOut.isEmpty && report.arms.map(\.rawValue) == names)
      var sets: [Set<Int>] = []
      for (index, name) in names.enumerated() {
        let rows = try NpyArray(sample.folder("arms/\(name).npy")).integers()
        #expect(rows == (try slow(name, sample, plan)), "\(name)")
        sets.append(Set(rows))
        #expect(try verifyManifest(sample.folder("arms/\(name).npy")).faults == [])
        let again = ReplayRequest(
          manifest: sample.folder("arms/\(name).npy"), threads: threads,
          programs: SampleWorkspace.programs)
        #expect(try replay(again, progress: { _ in true }).isSameBytes)
        // Each concept's rows, one member after the other.
        let counts = try (0..<6).map { cluster in
          try (sample.workspace.offset(cluster)..<sample.workspace.offset(cluster + 1))
            .count { sets[index].contains(try sample.workspace.row(at: $0)) }
        }
        #expect(report.quotas[index] == counts)
      }
      #expect(report.overlaps.count == 10)
      for overlap in report.overlaps {
        let one = sets[names.firstIndex(of: overlap.one.rawValue)!]
        let other = sets[names.firstIndex(of: overlap.other.rawValue)!]
        let either = one.union(other).count
        #expect(overlap.both == one.intersection(other).count)
        #expect(overlap.jaccard == (either == 0 ? 1 : Double(overlap.both) / Double(either)))
      }
      try FileManager.default.removeItem(atPath: sample.folder("arms"))
    }
  }

  @Test func theTablesAreReadByOthers() throws {
    let sample = try SampleWorkspace(.similar)
    let report = try write(sample, sample.plan())
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(sample.bytes("arms/arms.json"))) as? [String: Any]
    )
    #expect(object["target"] as? Int == 23)
    #expect((object["arms"] as? [[String: Any]])?.compactMap { $0["list"] as? String }.count == 5)
    let concepts = try #require(object["concepts"] as? [[String: Any]])
    #expect(concepts.map { $0["random"] as? Int } == report.quotas[3])
    let lines = String(decoding: try sample.bytes("arms/concepts.csv"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 7 && lines.allSatisfy { $0.count == 12 })
    for (cluster, line) in lines.dropFirst().enumerated() {
      #expect(line[2...6].map { Int($0) } == report.quotas.map { $0[cluster] })
      #expect(
        line[7...10].map { Int($0) }
          == report.quotas.dropFirst().map { $0[cluster] - report.quotas[0][cluster] })
    }
    #expect(
      String(decoding: try sample.bytes("arms/overlaps.csv"), as: UTF8.self)
        .split(separator: "\n").count == 11)
    #expect(report.text().contains("rows in common"))
  }

  @Test func whatTheWorkspaceCannotGiveIsLeftOut() throws {
    let sample = try SampleWorkspace()
    let report = try write(sample, sample.plan(), format: .masks)
    #expect(report.arms.map(\.rawValue) == ["complexity", "uniform", "proportional", "random"])
    #expect(report.text().contains("left out: similarity, the workspace has no similarities\n"))
    #expect(report.json().contains("{ \"arm\": \"similarity\", \"reason\": \"the workspace has no"))
    #expect(try !sample.folder.names("arms").contains { $0.hasPrefix("similarity") })
  }

  @Test func allArmsAppearOrNone() throws {
    let sample = try SampleWorkspace(.similar)
    let before = try contents(below: sample.folder.path)
    for step in 0..<6 {
      var asked = 0
      let message = refusal {
        _ = try write(
          sample, sample.plan(),
          progress: { _ in
            asked += 1
            return asked <= step
          })
      }
      #expect(message == "interrupted: nothing was written")
      #expect(try contents(below: sample.folder.path) == before)
    }
    #expect(
      refusal { _ = try write(sample, sample.plan(61)) }?
        .contains("60") == true)
    #expect(try contents(below: sample.folder.path) == before)
    try sample.folder.write("arms/concepts.csv", "mine")
    #expect(
      refusal { _ = try write(sample, sample.plan()) }
        == sample.folder("arms/concepts.csv")
        + ": the file exists; replace it with --force or choose another --output")
    #expect(try sample.folder.names("arms") == ["concepts.csv"])
    _ = try write(sample, sample.plan(), force: true)
    #expect(try sample.folder.names("arms").count == 13)
  }

  // MARK: compare

  @Test(arguments: Order.allCases, Order.allCases)
  func comparisonsCountWhatSetsShare(one: Order, other: Order) throws {
    let sample = try SampleWorkspace(.similar, invalid: true)
    for (targets, seeds) in [
      ((23, 23), (1, 1)), ((6, 41), (1, 2)), ((53, 7), (2, 2)), ((0, 0), (1, 1)),
    ] {
      var (a, b) = (sample.plan(targets.0, order: one), sample.plan(targets.1, order: other))
      (a.minimum, b.minimum) = (0, 0)
      (a.selectionSeed, b.selectionSeed) = (UInt64(seeds.0), UInt64(seeds.1))
      b.strategy = .uniform
      let (left, right) = (Set(try sample.kept(a)), Set(try sample.kept(b)))
      for threads in [1, 2] {
        let found = try PlanComparison(
          sample.workspace, (a, b), names: ("a", "b"), threads: threads)
        #expect(found.both == left.intersection(right).count)
        #expect(found.onlyA == left.subtracting(right).count)
        #expect(found.onlyB == right.subtracting(left).count)
        let either = left.union(right).count
        #expect(found.jaccard == (either == 0 ? 1 : Double(found.both) / Double(either)))
        for (cluster, concept) in found.concepts.enumerated() {
          let rows = Set(
            try (sample.workspace.offset(cluster)..<sample.workspace.offset(cluster + 1))
              .map { try sample.workspace.row(at: $0) })
          #expect(concept.both == left.intersection(right).intersection(rows).count)
          #expect(concept.a == left.intersection(rows).count)
          #expect(concept.b == right.intersection(rows).count)
        }
        let object =
          try JSONSerialization.jsonObject(with: Data(found.json().utf8)) as? [String: Any]
        #expect(
          object?["both"] as? Int == found.both && (object?["concepts"] as? [Any])?.count == 6)
        #expect(found.csv().split(separator: "\n").count == 7)
        #expect(found.text().contains("kept by both \(found.both), only by A \(found.onlyA), "))
      }
    }
  }

  // MARK: rebase

  /// A workspace of the same rows with the sample's centroids in another order.
  private func reordered(
    _ sample: SampleWorkspace, _ order: [Int], to name: String
  ) throws -> OpenWorkspace {
    let whole = try NpyArray(sample.folder("ws/centroids.npy")).bytes
    let data = order.flatMap { Array(whole[$0 * 12..<($0 + 1) * 12]) }
    var parameters = BuildParameters(
      inputs: [sample.folder("in")], output: sample.folder(name), clusters: order.count, threads: 1,
      instructions: .best, ingest: .init(environment: [:]), version: "test")
    parameters.centroidsFile = try sample.folder.write(
      name + ".npy", npyFile(descr: "'<f4'", shape: "(\(order.count), 3)", data: data))
    _ = try buildWorkspace(parameters)
    return try OpenWorkspace(path: sample.folder(name))
  }

  @Test func overridesFollowTheirConcepts() throws {
    let sample = try SampleWorkspace()
    let order = [4, 2, 0, 5, 1, 3]
    let new = try reordered(sample, order, to: "new")
    var plan = sample.plan(30)
    plan.setOverride(Override(cluster: 0, action: .drop, note: "spam"))
    plan.setOverride(Override(cluster: 3, action: .count(2)))
    plan.setOverride(Override(cluster: 4, action: .weight(2.5), note: "more"))
    let moved = try PlanRebase(plan, from: sample.workspace, to: new)
    #expect(moved.plan.overrides.count == 3 && moved.plan.clustering == new.clustering)
    for (override, move) in zip(plan.overrides, moved.moves) {
      let cluster = order.firstIndex(of: override.cluster)!
      #expect(move.override == override && move.cluster == cluster)
      #expect(abs(move.cosine - 1) < 1e-6)
      #expect(moved.plan.override(of: cluster)?.action == override.action)
      #expect(moved.plan.override(of: cluster)?.note == override.note)
    }
    #expect(moved.plan.target == 30)
    #expect(moved.text().split(separator: "\n").count == 4)
    // It keeps the same rows as the old plan did.
    let quotas = try QuotaSolver(scores: new.scores).solve(moved.plan).quota
    #expect(Set(try new.keptRows(quotas, moved.plan, threads: 1)) == Set(try sample.kept(plan)))
  }

  @Test func overridesThatMeetAreReported() throws {
    let sample = try SampleWorkspace()
    let new = try reordered(sample, [0], to: "one")
    var plan = sample.plan(30)
    plan.setOverride(Override(cluster: 1, action: .weight(2), note: "a"))
    plan.setOverride(Override(cluster: 4, action: .weight(2), note: "b"))
    let merged = try PlanRebase(plan, from: sample.workspace, to: new)
    #expect(merged.plan.overrides == [Override(cluster: 0, action: .weight(2), note: "a; b")])
    #expect(merged.text().hasSuffix("concepts 1, 4 map to concept 0, which gets one override\n"))
    // Cosines, and not others.
    let centroids = try NpyArray(sample.folder("ws/centroids.npy")).doubles()
    for (move, cluster) in zip(merged.moves, [1, 4]) {
      let cosine = (0..<3).reduce(0) { $0 + centroids[$1] * centroids[cluster * 3 + $1] }
      #expect(abs(move.cosine - cosine) < 1e-6)
    }
    for action in [Override.Action.weight(3), .drop] {
      plan.setOverride(Override(cluster: 4, action: action))
      let message = refusal { _ = try PlanRebase(plan, from: sample.workspace, to: new) }
      #expect(
        message
          == "\(sample.folder("one")): concepts 1 (weight 2.0), 4 "
          + "(\(action == .drop ? "drop" : "weight 3.0")) map to concept 0; their overrides "
          + "conflict: remove all but one of each from the plan"
      )
    }
    plan.setOverride(Override(cluster: 1, action: .count(2)))
    plan.setOverride(Override(cluster: 4, action: .count(2)))
    #expect(refusal { _ = try PlanRebase(plan, from: sample.workspace, to: new) } != nil)
  }
}
