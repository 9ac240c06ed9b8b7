// A keep list against its header.

import Foundation
import Manifests
import TestSupport
import Testing

struct VerificationTests {
  @Test(arguments: ManifestFormat.allCases)
  func aFlippedBitAnywhereIsFound(format: ManifestFormat) throws {
    let sample = try SampleWorkspace(format == .datacomp ? .hex : .awkward)
    try sample.export(format)
    func verify(_ name: String) throws -> ManifestVerification {
      try verifyManifest(sample.folder(name), programs: SampleWorkspace.programs)
    }
    let good = try verify("list")
    #expect(good.faults == [] && good.kept == 23 && good.format == format)
    #expect(try verify("list.winnow.json") == good)
    let names = try sample.files().filter { !$0.value.isEmpty }.keys.sorted()
    #expect(names.count == 2)
    for name in names {
      let whole = try sample.bytes(name)
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        try sample.folder.write(name, bytes)
        var faults: [String] = []
        let message = refusal { faults = try verify("list").faults }
        #expect(message != nil || !faults.isEmpty, "\(name) at \(place)")
      }
      for bytes in [Array(whole.dropLast()), whole + [0x0A], []] {
        try sample.folder.write(name, bytes)
        var faults: [String] = []
        let message = refusal { faults = try verify("list").faults }
        #expect(message != nil || !faults.isEmpty)
      }
      try sample.folder.write(name, whole)
    }
    #expect(try verify("list").faults == [])
  }

  @Test(arguments: [ManifestFormat.text, .rows, .csv, .jsonl])
  func theListOfOtherRowsIsFoundInItsContents(format: ManifestFormat) throws {
    let sample = try SampleWorkspace()
    try sample.export(format, sample.plan(23))
    try sample.export(format, sample.plan(24), to: "other")
    try sample.folder.write("list", try sample.bytes("other"))
    let faults = try verifyManifest(sample.folder("list")).faults
    #expect(faults.contains { $0.contains("expected SHA-256") })
    #expect(faults.contains { $0.contains("expected 23 rows, found") })
    #expect(format == .text || faults.contains { $0.contains("expected rows with SHA-256") })
  }

  @Test func rowsOutOfOrderOrRange() throws {
    let sample = try SampleWorkspace()
    try sample.export(.rows)
    var bytes = try sample.bytes()
    let last = bytes.count - 8
    bytes.replaceSubrange(last..., with: rawBytes([UInt64.max]))
    try sample.folder.write("list", bytes)
    #expect(
      try verifyManifest(sample.folder("list")).faults
        .contains { $0.contains("row \(UInt64.max) is outside 0 to 59") })
    bytes.replaceSubrange(last..., with: rawBytes([UInt64(0)]))
    try sample.folder.write("list", bytes)
    #expect(
      try verifyManifest(sample.folder("list")).faults
        .contains { $0.contains("row 0 follows row") })
  }

  @Test func uidsOutOfOrder() throws {
    let sample = try SampleWorkspace(.hex)
    try sample.export(.datacomp)
    var bytes = try sample.bytes()
    bytes.replaceSubrange((bytes.count - 16)..., with: [UInt8](repeating: 0, count: 16))
    try sample.folder.write("list", bytes)
    #expect(
      try verifyManifest(sample.folder("list")).faults.contains { $0.contains("must ascend") })
  }

  @Test func headersThatAreNone() throws {
    let sample = try SampleWorkspace()
    try sample.export(.rows)
    let text = String(decoding: try sample.bytes("list.winnow.json"), as: UTF8.self)
    for (pattern, value) in [
      ("\"rows\" : 60", "\"rows\" : -1"), ("\"kept\" : 23", "\"kept\" : -1"),
      ("\"rows\" : 60", "\"rows\" : 9223372036854775807"),
      ("\"kept\" : 23", "\"kept\" : 9223372036854775807"),
      ("\"format\" : 1", "\"format\" : 2"), ("\"kept\"", "\"keep\""),
    ] {
      #expect(text.contains(pattern))
      try sample.folder.write(
        "list.winnow.json", text.replacingOccurrences(of: pattern, with: value))
      var faults: [String] = []
      let message = refusal { faults = try verifyManifest(sample.folder("list")).faults }
      #expect((message ?? faults.joined()).contains("list.winnow.json: "), "\(value)")
    }
    try FileManager.default.removeItem(atPath: sample.folder("list.winnow.json"))
    #expect(
      refusal { _ = try verifyManifest(sample.folder("list")) }?
        .contains("expected the header of the keep list, found nothing") == true)
    try sample.folder.write("list.winnow.json", text)
    try FileManager.default.removeItem(atPath: sample.folder("list"))
    #expect(refusal { _ = try verifyManifest(sample.folder("list")) } != nil)
  }

  @Test func theHeaderOfAnotherList() throws {
    let sample = try SampleWorkspace()
    try sample.export(.rows)
    for ending in ["", ".winnow.json"] {
      try sample.folder.write("copy" + ending, try sample.bytes("list" + ending))
    }
    #expect(
      try verifyManifest(sample.folder("copy")).faults
        == [sample.folder("copy.winnow.json") + ": it is the header of list"])
  }
}
