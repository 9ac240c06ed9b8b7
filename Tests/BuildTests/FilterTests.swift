// Which rows are candidates: every filter, alone and with the others, against what a person would do
// with the rows one by one.

import Build
import BuildSupport
import Foundation
import Pruning
import TestSupport
import Testing
import Workspace

/// A data set with all that filters look at: ties, missing values, rows that cannot be used.
private struct FilteredSample {
  let folder: TemporaryFolder
  let input: String
  let vectors: [[Float]]
  let keys: [String]
  let widths: [Int?]
  let similarities: [Float?]
  let invalid: Set<Int>

  init(_ seed: UInt64, hexKeys: Bool) throws {
    var random = SeededRandom(seed)
    folder = try TemporaryFolder()
    // No shard has a multiple of eight rows.
    let sizes = [21, 1, 43, 30]
    let count = sizes.reduce(0, +)
    var vectors = clumpedRows(count, dimensions: 5, seed: seed)
    invalid = Set(
      (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Int.random(in: 0..<count, using: &random)
      })
    for row in invalid { vectors[row] = [0, 0, 0, 0, 0] }
    keys = (0..<count).map { row in
      let number = String(row * 7919 % 1000, radix: 16)
      return hexKeys
        ? String(repeating: "a", count: 32 - number.count) + number : "k \(number)\"'é"
    }
    widths = (0..<count).map { _ in
      Bool.random(using: &random) ? Int.random(in: 0...9, using: &random) : nil
    }
    let values: [Float?] = [nil, -0.5, -0.0, 0, 0.125, 0.25, 0.3, 0.7]
    similarities = (0..<count).map { _ in values.randomElement(using: &random)! }
    let (keys, widths, similarities) = (keys, widths, similarities)
    var first = 0
    var shards: [[[Float]]] = []
    for size in sizes {
      shards.append(Array(vectors[first..<first + size]))
      first += size
    }
    input = try folder.clipRetrieval("in", shards) { shard in
      let start = sizes[..<shard].reduce(0, +)
      return "key,width,similarity\n"
        + (start..<start + sizes[shard]).map { row in
          let key = "\"" + keys[row].replacing("\"", with: "\"\"") + "\""
          return "\(key),\(widths[row].map(String.init) ?? ""),"
            + "\(similarities[row].map { "\($0)" } ?? "")\n"
        }.joined()
    }
    self.vectors = vectors
  }

  /// The fates of all rows, one filter after the other.
  func fates(
    widthAtLeast: Int?, allowed: Set<String>?, denied: Set<String>?, minimum: Float?,
    top: (part: Int, of: Int)?
  ) -> [Int] {
    var fates = vectors.indices.map { invalid.contains($0) ? 1 : 0 }
    func drop(_ fate: Int, where goes: (Int) -> Bool) {
      for row in fates.indices where fates[row] == 0 && goes(row) { fates[row] = fate }
    }
    if let widthAtLeast { drop(2) { (widths[$0] ?? -1) < widthAtLeast } }
    if let allowed { drop(3) { !allowed.contains(keys[$0]) } }
    if let denied { drop(3) { denied.contains(keys[$0]) } }
    if let minimum { drop(4) { (similarities[$0] ?? -2) < minimum } }
    if let top {
      let left = fates.indices.filter { fates[$0] == 0 }
      let best = left.sorted {
        let (a, b) = (similarities[$0] ?? -2, similarities[$1] ?? -2)
        return a != b ? a > b : $0 < $1
      }
      let kept = Set(best.prefix(left.count * top.part / top.of))
      drop(4) { !kept.contains($0) }
    }
    return fates
  }
}

struct FilterTests {
  @Test(arguments: 0..<24)
  func equalTheRowsOneByOne(seed: Int) throws {
    var random = SeededRandom(UInt64(seed) + 77)
    let hasHexKeys = seed % 2 == 0
    let sample = try FilteredSample(UInt64(seed), hexKeys: hasHexKeys)
    func some() -> [String] {
      sample.keys.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
    }
    // Every combination of filters comes up.
    let width = seed & 1 == 0 ? Int.random(in: 0...3, using: &random) : nil
    let allowed = seed & 2 == 0 ? some() : nil
    let denied = seed & 4 == 0 ? some().filter { _ in Bool.random(using: &random) } : nil
    let minimum: Float? = seed & 8 == 0 ? [-0.5, 0, 0.3, 0.25].randomElement(using: &random) : nil
    let top = seed % 3 == 0 ? nil : Int.random(in: 30...100, using: &random)
    let fates = sample.fates(
      widthAtLeast: width, allowed: allowed.map(Set.init), denied: denied.map(Set.init),
      minimum: minimum, top: top.map { ($0, 100) })
    func list(_ name: String, _ keys: [String]) throws -> String {
      // In any order, with either line end, some twice, and some that nobody has.
      var lines = keys.shuffled(using: &random) + keys.prefix(3) + ["nobody", ""]
      if hasHexKeys { lines = lines.map { Bool.random(using: &random) ? $0.uppercased() : $0 } }
      return try sample.folder.write(
        name, lines.map { $0 + (Bool.random(using: &random) ? "\r\n" : "\n") }.joined())
    }
    var filters = RowFilters()
    filters.condition = width.map { "width >= \($0)" }
    filters.allow = try allowed.map { try list("allow.txt", $0) }
    filters.deny = try denied.map { try list("deny.txt", $0) }
    filters.similarityMinimum = minimum.flatMap { SimilarityBound("\($0)") }
    filters.similarityTop = top.flatMap { RowFilters.fraction("\($0)%") }
    let wanted = filters
    for threads in [1, 2] {
      try sample.folder.build([sample.input], to: "ws-\(threads)", clusters: 3, threads: threads) {
        $0.filters = wanted
        $0.skipInvalid = true
        $0.trainingRows = .total(20)
      }
    }
    #expect(try sample.folder.identity("ws-1") == sample.folder.identity("ws-2"))
    let workspace = try OpenWorkspace(path: sample.folder("ws-1"))
    #expect(try workspace.verify() == [])
    let candidates = fates.indices.filter { fates[$0] == 0 }
    #expect(workspace.candidates == candidates.count)
    if candidates.count < fates.count {
      #expect(try NpyArray(sample.folder("ws-1/fate.npy")).integers() == fates)
    }
    var counts: [String: Int] = [:]
    for (fate, name, ran) in [
      (1, "invalid", !sample.invalid.isEmpty), (2, "where", width != nil),
      (3, "allow-deny", allowed != nil || denied != nil),
      (4, "similarity", minimum != nil || top != nil),
    ] where ran {
      counts[name] = fates.count { $0 == fate }
    }
    #expect(workspace.description.filters == counts)
    #expect(workspace.description.parameters.allow?.keys == allowed.map { Set($0).count + 1 })
    let slow = SlowBuild(
      sample.vectors.indices.map { fates[$0] == 0 ? sample.vectors[$0].map(Double.init) : nil },
      clusters: 3, training: 20)
    #expect(
      try NpyArray(sample.folder("ws-1/members.npy")).integers() == slow.members)
    #expect(
      try NpyArray(sample.folder("ws-1/distances.npy")).doubles()
        == slow.distances.map(Double.init))
    #expect(
      try NpyArray(sample.folder("ws-1/centroids.npy")).doubles()
        == slow.centroids.flatMap { $0.components.map(Double.init) })
  }

  /// Whatever drops a row, all else is as if it could not be used.
  @Test(arguments: [nil, 16, 200])
  func aDroppedRowIsAsIfItCouldNotBeUsed(training: Int?) throws {
    let sample = try FilteredSample(5, hexKeys: true)
    let dropped = Set((0..<40).map { $0 * 2 })
    let list = try sample.folder.write(
      "deny.txt", dropped.map { sample.keys[$0] + "\n" }.joined())
    var blank = sample.vectors
    for row in dropped { blank[row] = [0, 0, 0, 0, 0] }
    let plain = try sample.folder.shard("plain", blank)
    for (input, name) in [(sample.input, "denied"), (plain, "blank")] {
      try sample.folder.build([input], to: name, threads: 2) {
        $0.skipInvalid = true
        $0.trainingRows = training.map { .total($0) } ?? .all
        if name == "denied" { $0.filters.deny = list }
      }
    }
    let (denied, other) = (
      try sample.folder.identity("denied"), try sample.folder.identity("blank")
    )
    for file in ["centroids", "members", "distances", "offsets", "clusters"] {
      #expect(denied[file + ".npy"] == other[file + ".npy"], "\(file)")
    }
  }

  @Test func aFilterThatDropsNothingChangesNothingElse() throws {
    let sample = try FilteredSample(8, hexKeys: false)
    let all = try sample.folder.write("all.txt", sample.keys.map { $0 + "\n" }.joined())
    for (name, filters) in [("plain", false), ("filtered", true)] {
      try sample.folder.build([sample.input], to: name) {
        $0.skipInvalid = true
        if filters {
          $0.filters.allow = all
          $0.filters.condition = "width IS NULL OR width < 10"
          $0.filters.similarityTop = .one
        }
      }
    }
    var (plain, filtered) = (
      try sample.folder.identity("plain"), try sample.folder.identity("filtered")
    )
    #expect(plain.removeValue(forKey: "workspace.json") != nil)
    #expect(filtered.removeValue(forKey: "workspace.json") != nil)
    #expect(plain == filtered)
  }

  @Test func rowNumbersWhereThereAreNoKeys() throws {
    let folder = try TemporaryFolder()
    let shard = try folder.shard("a", clumpedRows(30, dimensions: 4))
    let list = try folder.write("rows.txt", "\u{FEFF}3\r\n\n29\n0007\n30\n12\n99999999999999999999")
    let workspace = try folder.build([shard]) { $0.filters.allow = list }
    #expect(
      try NpyArray(folder("ws/members.npy")).integers().sorted() == [3, 7, 12, 29])
    #expect(workspace.description.parameters.allow?.keys == 6)
    let message = refusal {
      try folder.build([shard], to: "other") {
        $0.filters.deny = try! folder.write("bad.txt", "1\n2\n-3\n")
      }
    }
    #expect(
      message?.hasPrefix(
        "\(folder("bad.txt")), line 3: expected a row number, because the data set has no keys, "
          + "found '-3'; list row numbers from 0, or choose a key column with --key") == true,
      "\(message ?? "no error")")
  }

  @Test func nothingLeftNamesTheFilterThatDroppedTheLastRow() throws {
    let sample = try FilteredSample(3, hexKeys: true)
    let usable = sample.vectors.count - sample.invalid.count
    let none = try sample.folder.write("none.txt", "nobody\n")
    func text(_ change: (inout RowFilters) -> Void) -> String {
      var filters = RowFilters()
      change(&filters)
      let wanted = filters
      return refusal {
        try sample.folder.build([sample.input]) {
          $0.skipInvalid = true
          $0.filters = wanted
        }
      } ?? "no error"
    }
    let dropped =
      "no rows are left: it dropped all \(usable) rows that it received; choose another one"
    #expect(text { $0.condition = "width > 99" }.hasPrefix("--where: \(dropped)"))
    #expect(text { $0.allow = none }.hasPrefix("--allow: \(dropped)"))
    #expect(
      text {
        $0.condition = "key IS NOT NULL"
        $0.similarityMinimum = SimilarityBound("0.8")
      }.hasPrefix("--similarity-min: \(dropped)"))
    #expect(
      text { $0.similarityTop = RowFilters.fraction("0.5%") }
        .hasPrefix(
          "--similarity-top 0.005: it keeps none of the \(usable) rows; give a larger fraction"))
    #expect(
      text {
        $0.condition = "width = 3"
        $0.similarityTop = RowFilters.fraction("20%")
      }.hasPrefix("--clusters: expected at most "))
  }
}
