// Every format against what another reader makes of it.

import Foundation
import Manifests
import Pruning
import TestSupport
import Testing

struct FormatTests {
  @Test(arguments: Order.allCases.filter { $0 != .similarity }, [0, 1, 6, 23, 60])
  func everyFormatHoldsTheKeptRows(order: Order, target: Int) throws {
    let sample = try SampleWorkspace()
    var plan = sample.plan(target, order: order)
    plan.minimum = target < 6 ? 0 : 1
    let records = try sample.records(plan)
    #expect(records.count == target)

    try sample.export(.text, plan, to: "text")
    #expect(try sample.bytes("text") == Array(records.map { $0.key + "\n" }.joined().utf8))

    try sample.export(.rows, plan, to: "rows")
    let rows = try NpyArray(sample.folder("rows"))
    #expect(rows.shape == [target] && rows.fields.map(\.code) == ["u8"])
    #expect(rows.integers() == records.map(\.row))

    try sample.export(.csv, plan, to: "csv")
    var lines = parsed(csv: try sample.bytes("csv"))
    #expect(lines.removeFirst() == ["row", "key", "concept", "distance", "rank"])
    expect(
      lines.map {
        .init(
          row: Int($0[0])!, key: $0[1], concept: Int($0[2])!, distance: Float($0[3])!,
          rank: Int($0[4])!)
      }, records)

    try sample.export(.jsonl, plan, to: "jsonl")
    let objects = try sample.bytes("jsonl").split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
    expect(
      objects.map {
        .init(
          row: $0["row"] as! Int, key: $0["key"] as! String, concept: $0["concept"] as! Int,
          distance: Float($0["distance"] as! Double), rank: $0["rank"] as! Int)
      }, records)
    #expect(objects.allSatisfy { $0.count == 5 })
  }

  @Test(arguments: Order.allCases.filter { $0 != .similarity }, [ManifestFormat.csv, .jsonl])
  func windowsOfRowsDoNotShow(order: Order, format: ManifestFormat) throws {
    let sample = try SampleWorkspace(rows: 400)
    let plan = sample.plan(150, order: order)
    try sample.export(format, plan, to: "whole")
    for window in [1, 60, 149] {
      try sample.export(format, plan, to: "parts", force: true, window: window)
      #expect(try sample.bytes("parts") == sample.bytes("whole"))
    }
  }

  @Test func withoutKeysTheRowIsTheKey() throws {
    let sample = try SampleWorkspace(.none)
    try sample.export(.text)
    let expected = try sample.records(sample.plan()).map { "\($0.row)\n" }.joined()
    #expect(try sample.bytes() == Array(expected.utf8))
  }

  @Test(arguments: [0, 1, 23, 60])
  func datacompIsTheSortedUidsAsPairs(target: Int) throws {
    let sample = try SampleWorkspace(.hex)
    var plan = sample.plan(target)
    plan.minimum = 0
    try sample.export(.datacomp, plan)
    let kept = try sample.records(plan).map(\.key).sorted()
    let data = kept.flatMap { key in
      [key.prefix(16), key.suffix(16)].map { UInt64($0, radix: 16)! }
    }
    let bytes = try sample.bytes()
    #expect(bytes.suffix(target * 16) == rawBytes(data)[...])
    let header = String(decoding: bytes.dropLast(target * 16), as: UTF8.self)
    #expect(
      header.contains(
        "{'descr': [('f0', '<u8'), ('f1', '<u8')], 'fortran_order': False, 'shape': (\(target),), }"
      ))
    #expect((bytes.count - target * 16) % 64 == 0)
    #expect(try verifyManifest(sample.folder("list")).faults == [])
  }

  @Test func datacompNeedsUids() throws {
    for kind in [SampleWorkspace.Keys.awkward, .none] {
      let sample = try SampleWorkspace(kind)
      #expect(
        refusal { try sample.export(.datacomp) }?
          .contains("--format datacomp needs keys of 32 lower-case hex digits") == true)
      #expect(try sample.folder.names() == ["in", "ws"])
    }
  }

  @Test func datacompNeedsEveryRowOnceInTheOrderOfKeys() throws {
    let sample = try SampleWorkspace(.hex)
    let order = try NpyArray(sample.folder("ws/key_order.npy")).integers()
    let whole = try sample.bytes("ws/key_order.npy")
    let kept = Set(try sample.records(sample.plan()).map(\.row))
    let isKept = order.indices.filter { kept.contains(order[$0]) }
    let isPruned = order.indices.filter { !kept.contains(order[$0]) }
    // A kept row in place of a pruned one, of another kept one, and gone.
    for (place, other, found) in [
      (isPruned[0], isKept[0], "found 23 of the 23 listed ones in 24 places"),
      (isKept[1], isKept[0], "found 22 of the 23 listed ones in 23 places"),
      (isKept[0], isPruned[0], "found 22 of the 23 listed ones in 22 places"),
    ] {
      let start = whole.count - 4 * (order.count - place)
      var bytes = whole
      bytes.replaceSubrange(start..<start + 4, with: rawBytes([UInt32(order[other])]))
      try sample.folder.write("ws/key_order.npy", bytes)
      let message = refusal { try sample.export(.datacomp) }
      #expect(message?.contains("key_order.npy: expected every row once, \(found)") == true)
    }
    #expect(try sample.folder.names() == ["in", "ws"])
  }

  @Test func linesCannotHoldLineBreaks() throws {
    let sample = try SampleWorkspace(.lineBreak)
    let plan = sample.plan(60)
    let message = refusal { try sample.export(.text, plan) }
    #expect(message?.contains("row 7: its key has a line break") == true)
    #expect(message?.contains("--format jsonl") == true)
    #expect(try sample.folder.names() == ["in", "ws"])
    let records = try sample.records(plan)
    try sample.export(.csv, plan, to: "csv")
    #expect(parsed(csv: try sample.bytes("csv")).dropFirst().map { $0[1] } == records.map(\.key))
    #expect(try verifyManifest(sample.folder("csv")).faults == [])
    try sample.export(.jsonl, plan, to: "jsonl")
    #expect(try sample.bytes("jsonl").count { $0 == 0x0A } == 60)
    #expect(try verifyManifest(sample.folder("jsonl")).faults == [])
  }

  private func expect(_ found: [SampleWorkspace.Record], _ expected: [SampleWorkspace.Record]) {
    #expect(found == expected)
    // `==` of strings takes two spellings of a letter for one.
    #expect(found.map { Array($0.key.utf8) } == expected.map { Array($0.key.utf8) })
  }

  /// RFC 4180, one byte after the other.
  private func parsed(csv bytes: [UInt8]) -> [[String]] {
    var lines: [[String]] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch (byte, isQuoted) {
      case (0x22, true) where rest.first == 0x22:
        field.append(byte)
        rest.removeFirst()
      case (0x22, _): isQuoted.toggle()
      case (0x2C, false), (0x0A, false):
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
        if byte == 0x0A {
          lines.append(fields)
          fields = []
        }
      default: field.append(byte)
      }
    }
    Testing.Issue.record(if: !field.isEmpty || !fields.isEmpty || isQuoted, "an unfinished line")
    return lines
  }
}

extension Issue {
  fileprivate static func record(if happened: Bool, _ text: Comment) {
    if happened { record(text) }
  }
}
