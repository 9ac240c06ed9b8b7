// Explanations against the lists and the arrays of the workspace, for every row and order.

import Foundation
import Manifests
import Pruning
import TestSupport
import Testing
import Workspace

struct ExplanationTests {
  private func explained(
    _ sample: SampleWorkspace, _ choice: RowChoice, rows: [Int]? = nil, threads: Int = 1
  ) throws -> [RowExplanation] {
    try explain(
      rows ?? Array(0..<sample.workspace.rows), sample.workspace, choice, threads: threads,
      goesOn: { _ in true })
  }

  @Test(arguments: Order.allCases, [0, 6, 23, 60])
  func everyRowIsExplainedAsTheListsHaveIt(order: Order, target: Int) throws {
    let sample = try SampleWorkspace(.similar)
    var plan = sample.plan(target, order: order)
    plan.minimum = 0
    plan.selectionSeed = 5
    if target == 23 {
      plan.setOverride(Override(cluster: 2, action: .drop, note: "spam"))
      plan.setOverride(Override(cluster: 4, action: .weight(2)))
    }
    let kept = try sample.kept(plan)
    let quotas = try QuotaSolver(scores: sample.workspace.scores).solve(plan).quota
    let records = try sample.records(of: .all(60))
    for threads in [1, 2] {
      let found = try explained(sample, .plan(plan), threads: threads)
      #expect(found.map(\.row) == Array(0..<60))
      for (explanation, record) in zip(found, records) {
        let standing = try #require(explanation.standing)
        #expect(explanation.key == record.key && explanation.fate == .candidate)
        #expect(explanation.isKept == kept.contains(record.row))
        #expect(standing.concept == record.concept && standing.rank == record.rank)
        #expect(standing.distance == record.distance)
        #expect(standing.quota == quotas[record.concept])
        #expect(standing.size == sample.workspace.scores.size[record.concept])
        #expect(standing.override == plan.override(of: record.concept))
        #expect(standing.name == (try sample.workspace.label(record.concept) ?? ""))
        // What the numbers say agrees with the verdict.
        let place = try #require(standing.place)
        if order != .stratified { #expect(explanation.isKept == (place < standing.quota)) }
        let members = records.filter { $0.concept == record.concept }
        let keptDistances = members.filter { kept.contains($0.row) }.map(\.distance)
        switch order {
        case _ where standing.quota == 0 || standing.quota == standing.size:
          #expect(standing.cut == nil)
        case .hardest: #expect(standing.cut == keptDistances.min())
        case .easiest: #expect(standing.cut == keptDistances.max())
        default: #expect(standing.cut == nil)
        }
      }
    }
  }

  /// A workspace whose rows were dropped for every reason; the arrays are written by hand.
  private func dropped() throws -> SampleWorkspace {
    let sample = try SampleWorkspace(invalid: true)
    var fate = try NpyArray(sample.folder("ws/fate.npy")).integers().map(UInt8.init)
    var twins = (0..<60).map { UInt32($0) }
    var cosines = [Float](repeating: 1, count: 60)
    for (place, row) in fate.indices.filter({ fate[$0] == 1 }).enumerated() {
      fate[row] = UInt8(place % 5 + 1)
      if fate[row] == 5 {
        twins[row] = UInt32(row - 1)
        cosines[row] = 0.96875
      }
    }
    try sample.folder.write(
      "ws/fate.npy", npyFile(descr: "'|u1'", shape: "(60,)", data: fate))
    try sample.folder.write(
      "ws/twin.npy", npyFile(descr: "'<u4'", shape: "(60,)", data: rawBytes(twins)))
    try sample.folder.write(
      "ws/twin_cosine.npy", npyFile(descr: "'<f4'", shape: "(60,)", data: rawBytes(cosines)))
    return sample
  }

  @Test func droppedRowsNameTheirStageAndTwin() throws {
    let sample = try dropped()
    let found = try explained(sample, .plan(sample.plan()))
    let fates = found.filter { $0.standing == nil }
    #expect(fates.map(\.row) == [4, 13, 22, 31, 40, 49, 58])
    #expect(fates.map(\.fate.rawValue) == [1, 2, 3, 4, 5, 1, 2])
    #expect(fates.allSatisfy { !$0.isKept })
    let twin = try #require(fates[4].twin)
    #expect(twin.row == 39 && twin.key == sample.keys[39] && twin.cosine == 0.96875)
    #expect(found.count { $0.twin != nil } == 1)
    let texts = fates.map { $0.text(.plan(sample.plan())) }
    for (text, reason) in zip(
      texts,
      [
        "its vector is invalid (fate 1)", "--where left it out (fate 2)",
        "--allow or --deny left it out (fate 3)", "its similarity is too low (fate 4)",
        "it is a duplicate (fate 5)",
      ])
    {
      #expect(text.contains(": dropped before the concepts, \(reason)\n"), "\(text)")
    }
    #expect(texts[4].contains("  twin      row 39, key \(sample.keys[39]), cosine 0.96875\n"))
    let object =
      try JSONSerialization.jsonObject(with: Data(fates[4].json().utf8)) as? [String: Any]
    #expect(object?["stage"] as? String == "duplicate" && object?["fate"] as? Int == 5)
    #expect((object?["twin"] as? [String: Any])?["row"] as? Int == 39)
    #expect(object?["concept"] is NSNull && object?["kept"] as? Bool == false)
  }

  @Test func damagedFatesAndTwinsAreRefused() throws {
    let sample = try dropped()
    func message() -> String? { refusal { _ = try explained(sample, .plan(sample.plan())) } }
    let fate = try sample.bytes("ws/fate.npy")
    for (row, value, text) in [
      (3, UInt8(9), "fate.npy: element 3 is 9, expected 0 to 5"),
      (3, 2, "fate.npy: row 3 is where, members.npy disagrees"),
      (4, 0, "fate.npy: row 4 is candidate, members.npy disagrees"),
    ] {
      var bytes = fate
      bytes[bytes.count - 60 + row] = value
      try sample.folder.write("ws/fate.npy", bytes)
      #expect(message()?.contains(text) == true, "\(message() ?? "none")")
    }
    try sample.folder.write("ws/fate.npy", fate)
    var twins = try sample.bytes("ws/twin.npy")
    twins.replaceSubrange((twins.count - 4)..., with: rawBytes([UInt32(60)]))
    try sample.folder.write("ws/twin.npy", twins)
    #expect(message()?.contains("twin.npy: element 59 is 60, expected a row below 60") == true)
  }

  @Test func keysNameRowsAndUnknownOnesAreNamed() throws {
    let repeated = try SampleWorkspace(.repeated)
    #expect(
      try rowsToExplain(["k3", "k19"], [7], repeated.workspace) == [3, 23, 43, 19, 39, 59, 7])
    for (keys, rows, text) in [
      (["k3", "k"], [], ": no item has the key \"k\"; keys are compared byte by byte"),
      (["K3"], [], ": no item has the key \"K3\"; keys are compared byte by byte"),
      ([""], [], ": no item has the key \"\"; keys are compared byte by byte"),
      ([], [60], ": expected a row from 0 to 59, found --row 60"),
      ([], [-1], ": expected a row from 0 to 59, found --row -1"),
    ] as [([String], [Int], String)] {
      #expect(
        refusal { _ = try rowsToExplain(keys, rows, repeated.workspace) }
          == repeated.folder("ws") + text)
    }
    // Two spellings of one letter are two keys.
    let awkward = try SampleWorkspace()
    for (row, key) in awkward.keys.enumerated() {
      #expect(try rowsToExplain([key], [], awkward.workspace) == [row])
    }
    #expect(refusal { _ = try rowsToExplain(["e\u{301}\u{301}"], [], awkward.workspace) } != nil)
    let none = try SampleWorkspace(.none)
    #expect(try rowsToExplain(["59"], [], none.workspace) == [59])
    #expect(
      refusal { _ = try rowsToExplain(["60"], [], none.workspace) } == none.folder("ws")
        + ": no item has the key \"60\"; the workspace has no keys: name rows, 0 to 59")
  }

  @Test func aListIsExplainedByItsOwnHeader() throws {
    let sample = try SampleWorkspace(.similar)
    let plan = sample.plan(31, order: .similarity)
    try sample.export(.csv, plan)
    let choice = try manifestChoice(sample.folder("list"), sample.workspace)
    #expect(choice.plan?.order == .similarity && choice.target == 31)
    let kept = try sample.kept(plan)
    #expect(try explained(sample, choice).allSatisfy { $0.isKept == kept.contains($0.row) })
    let other = try SampleWorkspace(.similar, seed: 13)
    let message = refusal { _ = try manifestChoice(sample.folder("list"), other.workspace) }
    #expect(message?.contains("name that workspace") == true)
  }
}
