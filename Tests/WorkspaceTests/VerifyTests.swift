// Identity: every byte counts, and another program computes the same fingerprint.

import BuildSupport
import Foundation
import TestSupport
import Testing
import Workspace

struct VerifyTests {
  @Test(arguments: [false, true])
  func aFlippedBitInAnyFileIsFound(hex: Bool) throws {
    let sample = try SampleWorkspace(hex: hex)
    let files = try sample.folder.identity("ws").filter { !$0.value.isEmpty }
    #expect(files.count == (hex ? 16 : 17), "\(files.keys.sorted())")
    var random = SeededRandom(3)
    for (name, whole) in files {
      let ends = [0, whole.count - 1]
      for place in ends + (0..<6).map({ _ in Int.random(in: whole.indices, using: &random) }) {
        try sample.change(name) { $0[place] ^= 1 << UInt8(Int.random(in: 0..<8, using: &random)) }
        var faults: [String] = []
        let message = refusal { faults = try OpenWorkspace(path: sample.folder("ws")).verify() }
        #expect(
          message != nil || faults.contains { $0.contains(name) }, "\(name) at \(place)")
        try sample.folder.write("ws/" + name, whole)
      }
    }
    #expect(try OpenWorkspace(path: sample.folder("ws")).verify() == [])
  }

  @Test func filesTooManyOrTooFew() throws {
    let sample = try SampleWorkspace()
    try sample.remove("fate.npy")
    #expect(try sample.workspace.verify() == [sample.folder("ws/fate.npy") + ": missing"])
    try sample.folder.write("ws/notes/mine.txt", "x")
    #expect(
      try sample.workspace.verify().contains {
        $0.hasSuffix("ws/notes/mine.txt: the build did not write it")
      })
    try sample.remove("build-log.json")
    #expect(
      try sample.workspace.verify().contains { $0.contains("build-log.json: missing or damaged") })
  }

  @Test func theFingerprintIsThatOfSha256sum() throws {
    let sample = try SampleWorkspace()
    _ = try PlanStore(sample.workspace).commit(.init(target: 5), note: nil, time: "t", outputs: [])
    let script = """
      find . -type f ! -path './plans/*' ! -path './stage/*' ! -name build-log.json | sed 's,^[.]/,,' \
      | LC_ALL=C sort | xargs sha256sum | sha256sum
      """
    let result = try ProcessRunner.run("sh", ["-c", script], folder: sample.folder("ws"))
    let expected = String(result.output.prefix(64))
    #expect(try sample.workspace.fingerprint() == expected)
    #expect(try sample.workspace.computedFingerprint() == expected)
    let centroids = try ProcessRunner.run("sha256sum", [sample.folder("ws/centroids.npy")])
    #expect(centroids.output.hasPrefix(sample.workspace.clustering + " "))
    // Without the build's record it is computed; a record of other files is not believed.
    try sample.change("fate.npy") { $0 += [0] }
    let changed = try sample.workspace.fingerprint()
    #expect(changed != expected)
    try sample.remove("build-log.json")
    #expect(try sample.workspace.fingerprint() == changed)
  }

  @Test func theInputsDigestsAreThoseOfTheirFiles() throws {
    let sample = try SampleWorkspace()
    let result = try ProcessRunner.run(
      "sha256sum", [sample.folder("in/img_emb/img_emb_0.npy")])
    #expect(sample.workspace.description.inputs.map(\.digest) == [String(result.output.prefix(64))])
  }
}
