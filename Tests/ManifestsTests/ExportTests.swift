// Files that appear whole, together, or not at all; headers that make the list again.

import Foundation
import Manifests
import Pruning
import Storage
import TestSupport
import Testing
import Workspace

struct ExportTests {
  @Test func theHeaderSaysWhatTheListIs() throws {
    let sample = try SampleWorkspace()
    var plan = sample.plan()
    plan.setOverride(Override(cluster: 1, action: .drop, note: "a \"note\"\nof two lines"))
    let summary = try sample.export(.jsonl, plan)
    let header = try sample.header()
    let list = try #require(header["list"] as? [String: Any])
    #expect(header["format"] as? Int == 1)
    #expect(header["kept"] as? Int == 23 && summary.kept == 23)
    #expect(list["format"] as? String == "jsonl" && summary.format == .jsonl)
    #expect(list["name"] as? String == "list")
    #expect(list["size"] as? Int == (try sample.bytes().count))
    func digest(_ bytes: [UInt8]) throws -> String {
      String(try ProcessRunner.run("sha256sum", input: bytes).output.prefix(64))
    }
    #expect(list["digest"] as? String == (try digest(sample.bytes())))
    #expect(summary.digest == list["digest"] as? String)
    let rows = try sample.records(plan).map { UInt64($0.row) }
    #expect(header["rows-digest"] as? String == (try digest(rawBytes(rows))))
    let source = try #require(header["workspace"] as? [String: Any])
    #expect(source["name"] as? String == "ws")
    #expect(source["fingerprint"] as? String == (try sample.workspace.fingerprint()))
    #expect(source["clustering"] as? String == sample.workspace.clustering)
    #expect(
      ["rows", "candidates", "clusters"].map { source[$0] as? Int } == [60, 60, 6])
    let written = try #require(header["plan"] as? [String: Any])
    #expect(written["clustering"] as? String == sample.workspace.clustering)
    #expect((written["overrides"] as? [[String: Any]])?.count == 1)
    let command = try #require(header["command"] as? String)
    for part in [
      "winnow export", sample.folder("ws"), sample.folder("list.winnow.json"), "--format jsonl",
      "--output " + sample.folder("list"), "--force",
    ] {
      #expect(command.contains(part), "\(command)")
    }
  }

  @Test(arguments: ManifestFormat.allCases)
  func thePlanOfAHeaderMakesTheSameBytes(format: ManifestFormat) throws {
    let sample = try SampleWorkspace(format == .datacomp ? .hex : .awkward)
    var plan = sample.plan(31, order: .random)
    plan.temperature = 0.0213
    plan.share = 0.3
    plan.selectionSeed = 77
    plan.setOverride(Override(cluster: 0, action: .weight(2.5)))
    plan.setOverride(Override(cluster: 2, action: .count(1)))
    try sample.export(format, plan)
    let before = try sample.files()
    let read = try sample.workspace.readPlan(sample.folder("list.winnow.json"))
    plan.clustering = sample.workspace.clustering
    #expect(read == plan)
    for threads in [1, 3] {
      try sample.export(format, read, force: true, threads: threads)
      #expect(try sample.files() == before)
    }
  }

  @Test func existingFilesAreReplacedOnlyWithForce() throws {
    let sample = try SampleWorkspace()
    for name in ["list", "list.winnow.json"] {
      try sample.folder.write(name, "mine")
      let message = refusal { try sample.export(.rows) }
      #expect(
        message == sample.folder(name)
          + ": the file exists; replace it with --force or choose another --output")
      #expect(try sample.bytes(name) == Array("mine".utf8))
      try sample.export(.rows, force: true)
      #expect(try verifyManifest(sample.folder("list")).faults == [])
      try FileManager.default.removeItem(atPath: sample.folder("list"))
      try FileManager.default.removeItem(atPath: sample.folder("list.winnow.json"))
    }
  }

  @Test func cancelledBothOldFilesStay() throws {
    // More rows than lie between two reports.
    let sample = try SampleWorkspace(.none, rows: 40_000)
    try sample.export(.text, sample.plan(50))
    let before = try contents(below: sample.folder.path)
    var told: [Double] = []
    try sample.export(.text, sample.plan(40_000), to: "other") {
      told.append($0)
      return true
    }
    #expect(told.count == 4 && told.first == 0 && told.last == 1)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0 < $1 })
    for name in ["other", "other.winnow.json"] {
      try FileManager.default.removeItem(atPath: sample.folder(name))
    }
    for stop in told.indices {
      for format in [ManifestFormat.text, .rows, .csv, .jsonl] {
        var asked = 0
        let message = refusal {
          try sample.export(format, sample.plan(40_000), force: true) { _ in
            asked += 1
            return asked <= stop
          }
        }
        #expect(message == "interrupted: nothing was written", "\(format) at \(stop)")
      }
    }
    #expect(try contents(below: sample.folder.path) == before)
  }

  @Test func whatFailsLeavesBothOldFiles() throws {
    let sample = try SampleWorkspace(.lineBreak)
    try sample.export(.rows)
    let before = try contents(below: sample.folder.path)
    #expect(refusal { try sample.export(.text, sample.plan(60), force: true) } != nil)
    #expect(
      refusal { try sample.export(.rows, sample.plan(61), force: true) }?.contains("61") == true)
    #expect(try contents(below: sample.folder.path) == before)
  }

  @Test func aDiskThatIsFullForTheHeaderLeavesBothOldFiles() throws {
    let sample = try SampleWorkspace()
    try sample.export(.rows)
    let before = try contents(below: sample.folder.path)
    // /dev/full refuses every byte; the header's file in the making is a link to it.
    try FileManager.default.createSymbolicLink(
      atPath: partialName(sample.folder("list.winnow.json")),
      withDestinationPath: "/dev/full")
    let message = refusal { try sample.export(.rows, sample.plan(30), force: true) }
    #expect(message?.contains("list.winnow.json: cannot write it") == true, "\(message ?? "none")")
    #expect(try contents(below: sample.folder.path) == before)
  }

  @Test func aFolderInTheWay() throws {
    let sample = try SampleWorkspace()
    for name in ["list", "list.winnow.json"] {
      try FileManager.default.createDirectory(
        atPath: sample.folder(name), withIntermediateDirectories: false)
      let before = try contents(below: sample.folder.path)
      #expect(
        refusal { try sample.export(.rows, force: true) }
          == sample.folder(name)
          + ": expected a file or nothing, found a folder; name a file in it with --output")
      #expect(try contents(below: sample.folder.path) == before)
      try FileManager.default.removeItem(atPath: sample.folder(name))
    }
    #expect(refusal { try sample.export(.rows, to: "none/list") } != nil)
    #expect(try sample.folder.names() == ["in", "ws"])
  }

  @Test(arguments: [ManifestFormat.text, .rows, .csv, .jsonl])
  func standardOutputTakesTheSameBytes(format: ManifestFormat) throws {
    let sample = try SampleWorkspace()
    try sample.export(format)
    let names = try sample.folder.names()
    var sent: [UInt8] = []
    let summary = try export(
      ManifestRequest(
        workspace: sample.workspace, choice: .plan(sample.plan()),
        lists: [.init(format: format, output: "-")], force: false, threads: 2),
      standardOutput: { sent += $0 }, progress: { _ in true })[0]
    #expect(sent == (try sample.bytes()))
    #expect(summary.kept == 23 && summary.output == "-" && summary.digest == "")
    #expect(try sample.folder.names() == names)
  }

  @Test func theCommandIsQuotedForAShell() throws {
    let sample = try SampleWorkspace()
    let name = "it's '\u{301} $HOME a"
    try sample.export(.rows, to: name)
    let command = try #require(try sample.header(name)["command"] as? String)
    let result = try ProcessRunner.run(
      "sh", ["-c", "winnow() { printf '%s\\n' \"$@\"; }; " + command])
    let words = result.standardOutput.split(separator: 0x0A).map(Array.init)
    #expect(words.contains(Array(sample.folder(name).utf8)), "\(command)")
    #expect(words.count == 9)
  }

  private func exportAll(
    _ sample: SampleWorkspace, _ names: [(ManifestFormat, String)], force: Bool = false,
    progress: @escaping (Double) -> Bool = { _ in true }
  ) throws -> [ManifestSummary] {
    try Manifests.export(
      ManifestRequest(
        workspace: sample.workspace, choice: .plan(sample.plan()),
        lists: names.map { .init(format: $0.0, output: sample.folder($0.1)) }, force: force,
        threads: 2),
      standardOutput: { _ in preconditionFailure("nothing goes to standard output") },
      progress: progress)
  }

  private let three: [(ManifestFormat, String)] = [
    (.text, "a.txt"), (.csv, "a.csv"), (.rows, "a.npy"),
  ]

  @Test func severalListsAtOnceAreThoseOfSingleExports() throws {
    let sample = try SampleWorkspace()
    let heard = Heard()
    let summaries = try exportAll(sample, three) { heard.add($0) }
    #expect(heard.parts == heard.parts.sorted() && heard.parts.last == 1)
    for ((format, name), summary) in zip(three, summaries) {
      let single = try sample.export(format, to: "single")
      #expect(try sample.bytes(name) == sample.bytes("single"))
      #expect(summary.digest == single.digest && summary.kept == 23)
      let words = { (name: String) in
        String(decoding: try sample.bytes(name + ".winnow.json"), as: UTF8.self)
      }
      // The headers differ in the file's name, and so in the seal.
      #expect(
        try words(name).split(separator: "\n").count
          == words("single").split(separator: "\n").count)
      try FileManager.default.removeItem(atPath: sample.folder("single"))
      try FileManager.default.removeItem(atPath: sample.folder("single.winnow.json"))
    }
  }

  @Test func severalListsAreWrittenAllOrNone() throws {
    let sample = try SampleWorkspace()
    let before = try sample.folder.names()
    for step in 0..<4 {
      let heard = Heard()
      let error = refusal {
        _ = try exportAll(sample, three) { part in
          heard.add(part)
          return heard.parts.count <= step
        }
      }
      #expect(error?.contains("nothing was written") == true)
      #expect(try sample.folder.names() == before, "\(step)")
    }
    #expect(
      refusal { _ = try exportAll(sample, [(.text, "b"), (.csv, "b")]) }?
        .contains("two lists cannot share one file") == true)
    try sample.folder.write("a.csv", "old")
    #expect(refusal { _ = try exportAll(sample, three) }?.contains("a.csv") == true)
    #expect(try sample.bytes("a.csv") == Array("old".utf8))
    // A key with a line break stops the first list; the second one stays as it is.
    let broken = try SampleWorkspace(.lineBreak)
    try broken.folder.write("a.csv", "old")
    var plan = broken.plan(60)
    plan.minimum = 0
    let error = refusal {
      _ = try Manifests.export(
        ManifestRequest(
          workspace: broken.workspace, choice: .plan(plan),
          lists: [
            .init(format: .csv, output: broken.folder("a.csv")),
            .init(format: .text, output: broken.folder("a.txt")),
          ], force: true, threads: 1), standardOutput: { _ in }, progress: { _ in true })
    }
    #expect(error?.contains("line break") == true)
    #expect(try broken.bytes("a.csv") == Array("old".utf8))
    #expect(!(try broken.folder.names().contains { $0.contains("partial") }))
  }
}

private final class Heard {
  private(set) var parts: [Double] = []

  @discardableResult
  func add(_ part: Double) -> Bool {
    parts.append(part)
    return true
  }
}
