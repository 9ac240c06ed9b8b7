// Builds that drop near duplicates, against the definition within the fine clusters that they left.

import Build
import BuildSupport
import Clustering
import Foundation
import Foundations
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

struct DuplicateBuildTests {
  /// The arrays of a deduplication, read by another reader.
  private struct Arrays {
    let fate: [Int]
    let twins: [Int]
    let cosines: [Float]
    let fine: [Int]
    let distances: [Float]
    let centroids: [SlowVector]
    let members: [Int]

    init(_ path: String, rows: Int) throws {
      func integers(_ name: String) throws -> [Int] {
        try NpyArray(path + "/" + name).integers()
      }
      func floats(_ name: String) throws -> [Float] {
        try NpyArray(path + "/" + name).doubles().map { Float($0) }
      }
      fate =
        FileManager.default.fileExists(atPath: path + "/fate.npy")
        ? try integers("fate.npy") : [Int](repeating: 0, count: rows)
      (twins, cosines) = (try integers("twin.npy"), try floats("twin_cosine.npy"))
      (fine, distances) = (
        try integers("fine_assignments.npy"), try floats("fine_distances.npy")
      )
      let raw = try NpyArray(path + "/fine_centroids.npy")
      let components = try floats("fine_centroids.npy")
      let width = raw.shape[1]
      centroids = (0..<raw.shape[0]).map {
        SlowVector(Array(components[$0 * width..<($0 + 1) * width]))
      }
      members = try integers("members.npy")
    }
  }

  /// Holds a workspace against the definition; returns how many rows were dropped.
  ///
  /// - Parameters:
  ///   - rows: nil for one that takes no part.
  ///   - isNearest: whether a row's fine cluster is the nearest of all, as one level makes them.
  @discardableResult
  private func expectDefinition(
    _ path: String, _ rows: [[Float]?], epsilon: Double, _ rule: DuplicateRule,
    isNearest: Bool = true
  ) throws -> Int {
    let arrays = try Arrays(path, rows: rows.count)
    let vectors = rows.map { $0.map { SlowVector(scaling: $0.map(Double.init)) } }
    for (row, vector) in vectors.enumerated() {
      guard let vector else {
        #expect(arrays.fine[row] == Int(UInt32.max) && arrays.distances[row].isNaN)
        #expect(arrays.twins[row] == row && arrays.cosines[row] == 1)
        #expect(arrays.fate[row] != 0 && arrays.fate[row] != 5)
        continue
      }
      let distance = Float(vector.distance(arrays.centroids[arrays.fine[row]]))
      #expect(arrays.distances[row] == distance)
      if isNearest { #expect(vector.nearest(of: arrays.centroids) == (arrays.fine[row], distance)) }
    }
    var dropped = 0
    for cluster in arrays.centroids.indices {
      let order = vectors.indices.filter { vectors[$0] != nil && arrays.fine[$0] == cluster }
        .sorted {
          let (a, b) = (arrays.distances[$0], arrays.distances[$1])
          return a != b ? a > b : $0 < $1
        }
      let slow = slowDuplicates(
        order.map { vectors[$0]! }, epsilon: epsilon, greedy: rule == .greedy)
      for (place, row) in order.enumerated() {
        let isDropped = slow.twins[place] != place
        dropped += isDropped ? 1 : 0
        #expect(arrays.twins[row] == order[slow.twins[place]], "row \(row)")
        #expect(arrays.cosines[row] == Float(slow.cosines[place]), "row \(row)")
        #expect(arrays.fate[row] == (isDropped ? 5 : 0), "row \(row)")
      }
    }
    let left = arrays.fate.indices.filter { arrays.fate[$0] == 0 }
    #expect(arrays.members.sorted() == left)
    return dropped
  }

  private func wanted(
    _ epsilon: Double, _ rule: DuplicateRule = .greedy, clusters: Int? = nil
  ) -> Deduplication {
    Deduplication(DuplicateCriterion(epsilon: epsilon, rule: rule), clusters: clusters)
  }

  @Test(arguments: DuplicateRule.allCases, [nil, 1, 3, 20] as [Int?])
  func dropsWhatTheDefinitionDrops(rule: DuplicateRule, clusters: Int?) throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(230, dimensions: 6, clumps: 9)
    let inputs = [
      try folder.shard("a", Array(rows[..<100])), try folder.shard("b", Array(rows[100...])),
    ]
    for epsilon in [1e-4, 0.01, 0.05] {
      let workspace = try folder.build(inputs, to: "ws-\(epsilon)") {
        $0.deduplication = wanted(epsilon, rule, clusters: clusters)
      }
      let dropped = try expectDefinition(workspace.path, rows, epsilon: epsilon, rule)
      #expect(dropped >= 25)
      #expect(workspace.candidates == rows.count - dropped)
      #expect(workspace.description.filters == ["duplicate": dropped])
      let dedup = try #require(workspace.description.parameters.dedup)
      #expect(
        dedup.epsilon == epsilon && dedup.rule == rule.rawValue && dedup.clusters == clusters ?? 1)
      #expect(try workspace.verify() == [])
      let twins = try #require(try workspace.duplicateTwins())
      let gone = (0..<rows.count).filter { twins.twin(of: $0) != $0 }
      #expect(gone.count == dropped)
      let text = try workspace.fate(of: gone[0])
      #expect(
        text.hasPrefix("it is a duplicate of \(twins.twin(of: gone[0])), cosine "), "\(text)")
    }
  }

  @Test func nothingIsNear() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(5)
    let rows = (0..<40).map { _ in random.components(30) }
    let workspace = try folder.build([try folder.shard("a", rows)]) {
      $0.deduplication = wanted(0.01)
    }
    #expect(try expectDefinition(workspace.path, rows, epsilon: 0.01, .greedy) == 0)
    #expect(workspace.description.filters == ["duplicate": 0])
    #expect(try workspace.verify() == [])
  }

  @Test func rowsThatWereDroppedBeforeTakeNoPart() throws {
    let folder = try TemporaryFolder()
    var rows: [[Float]?] = clumpedRows(160, dimensions: 4)
    for row in [0, 7, 159] { rows[row] = nil }
    let input = try folder.clipRetrieval("in", [rows.map { $0 ?? [0, 0, 0, 0] }]) { _ in
      "key,similarity\n" + (0..<160).map { "k\($0),\(Float($0 % 4) / 4)\n" }.joined()
    }
    for row in rows.indices where row % 4 == 0 { rows[row] = nil }
    let workspace = try folder.build([input]) {
      $0.skipInvalid = true
      $0.filters.similarityMinimum = SimilarityBound("0.25")
      $0.deduplication = wanted(0.01, clusters: 2)
    }
    let dropped = try expectDefinition(workspace.path, rows, epsilon: 0.01, .greedy)
    #expect(dropped > 0)
    #expect(
      workspace.description.filters == ["invalid": 3, "similarity": 39, "duplicate": dropped])
    #expect(try workspace.verify() == [])
  }

  @Test func givenCentroidsKeepTheSeedOfTheFineClusters() throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(120, dimensions: 3)
    let input = try folder.shard("a", rows)
    let centroids = try folder.shard("c", [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    for seed: UInt64 in [1, 2] {
      let workspace = try folder.build([input], to: "ws\(seed)") {
        $0.centroidsFile = centroids
        $0.seed = seed
        $0.deduplication = wanted(0.01, clusters: 4)
      }
      try expectDefinition(workspace.path, rows, epsilon: 0.01, .greedy)
      #expect(workspace.description.parameters.seed == seed)
    }
    #expect(
      try NpyArray(folder("ws1/fine_centroids.npy")).bytes
        != NpyArray(folder("ws2/fine_centroids.npy")).bytes)
  }

  @Test(arguments: DuplicateRule.allCases, [20_000, 3])
  func sameBytesForAnyThreadsKernelsAndMemory(rule: DuplicateRule, atOnce: Int) throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(700, dimensions: 5, clumps: 40)
    let input = try folder.shard("a", rows)
    var first: [String: [UInt8]]?
    for set in InstructionSet.allCases where set.isAvailable {
      for threads in [1, 2, 5] {
        let name = "\(set)-\(threads)"
        try folder.build([input], to: name, threads: threads) {
          $0.instructions = set
          $0.memory = threads == 2 ? 400 << 20 : nil
          $0.deduplication = wanted(0.005, rule, clusters: 10)
          $0.deduplication!.clustersAtOnce = atOnce
        }
        let files = try folder.identity(name)
        if first == nil { first = files }
        #expect(files == first, "\(name)")
      }
    }
  }

  @Test func twoLevels() throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(500, dimensions: 4, clumps: 30)
    let input = try folder.shard("a", rows)
    let workspace = try folder.build([input], threads: 2) {
      $0.deduplication = wanted(0.002, clusters: 37)
      $0.deduplication!.clustersAtOnce = 36
    }
    let dropped = try expectDefinition(
      workspace.path, rows, epsilon: 0.002, .greedy, isNearest: false)
    #expect(dropped > 50)
    #expect(try NpyArray(folder("ws/fine_centroids.npy")).shape == [37, 4])
    #expect(workspace.description.parameters.dedup?.clusters == 37)
    #expect(try workspace.verify() == [])
  }

  @Test func levelsShareTheFineClusters() {
    var random = SeededRandom(3)
    #expect(
      [1, 2, 3, 4, 5, 9, 10, 20_001].map(FineLevels.coarseClusters) == [1, 2, 2, 2, 3, 3, 4, 142])
    for _ in 0..<300 {
      let sizes = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        Int.random(in: 0..<3, using: &random) == 0
          ? 0 : Int.random(in: 1...Int.random(in: 1...1000, using: &random), using: &random)
      }
      let (total, least) = (sizes.reduce(0, +), sizes.count { $0 > 0 })
      guard total > 0 else { continue }
      let fine = Int.random(in: least...total, using: &random)
      let levels = FineLevels(sizes: sizes, fine: fine)
      let counts = zip(levels.offsets, levels.offsets.dropFirst()).map { $1 - $0 }
      #expect(counts.count == sizes.count && counts.reduce(0, +) == fine)
      for (count, size) in zip(counts, sizes) {
        #expect(count <= size && (count > 0) == (size > 0))
        let share = Double(size) * Double(fine) / Double(total)
        #expect(Double(count) <= max(1, share.rounded(.up)))
      }
    }
  }

  /// Builds until the first event of a stage; then goes on.
  @Test(arguments: [StageName.fine, .dedup, .train], [20_000, 3])
  func anInterruptedBuildGoesOn(stage: StageName, atOnce: Int) throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(400, dimensions: 5, clumps: 20)
    let input = try folder.shard("a", rows)
    func build(_ name: String, until stage: StageName?, epsilon: Double = 0.005) throws
      -> [String]
    {
      let told = Mutex<[String]>([])
      let isOver = Mutex(false)
      let observer = BuildObserver(
        progress: { event in if event.stage == stage { isOver.withLock { $0 = true } } },
        message: { text in told.withLock { $0.append(text) } },
        isCancelled: { isOver.withLock { $0 } })
      do {
        try folder.build([input], to: name, threads: 2, observer: observer) {
          $0.deduplication = wanted(epsilon, clusters: 8)
          $0.deduplication!.clustersAtOnce = atOnce
        }
        #expect(stage == nil)
      } catch let error as WinnowError where error.isInterruption && error.finishedWork != nil {
        #expect(stage != nil)
      }
      return told.withLock { $0 }
    }
    _ = try build("ws", until: stage)
    let told = try build("ws", until: nil)
    #expect(told.contains("scan: 1 of 1 tasks already done"), "\(told)")
    if stage == .train {
      #expect(told.contains("dedup: 1 of 1 tasks already done"), "\(told)")
      #expect(told.contains("twins: 1 of 1 tasks already done"), "\(told)")
    }
    #expect(
      told.contains { $0.hasPrefix("dedup: ") && $0.contains(" of 400 candidates are duplicates") })
    _ = try build("fresh", until: nil)
    #expect(try folder.identity("ws") == folder.identity("fresh"))
    // Another epsilon searches again, in the same fine clusters.
    _ = try build("other", until: .train, epsilon: 0.02)
    let again = try build("other", until: nil)
    #expect(
      again.contains("dedup: redoing it because --dedup was 0.02 and is now 0.005"), "\(again)")
    #expect(again.contains("fine-sort: 1 of 1 tasks already done"), "\(again)")
    #expect(try folder.identity("other") == folder.identity("fresh"))
  }

  @Test func moreFineClustersThanCandidatesAreRefused() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("a", clumpedRows(30, dimensions: 3))
    let message = refusal {
      try folder.build([input]) { $0.deduplication = wanted(0.1, clusters: 31) }
    }
    #expect(
      message?.contains("--dedup-clusters: expected at most 30, the number of candidates, found 31")
        == true, "\(message ?? "no error")")
  }

  /// Twins that contradict the fates are found, whatever the record of the build says.
  @Test func changedTwinsAreFound() throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(100, dimensions: 3)
    let workspace = try folder.build([try folder.shard("a", rows)]) {
      $0.deduplication = wanted(0.01)
    }
    let place = workspace.path + "/twin.npy"
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: place)))
    let twins = try NpyArray(place).integers()
    let dropped = try #require(twins.indices.first { twins[$0] != $0 })
    let kept = try #require(twins.indices.last { twins[$0] == $0 })
    let start = whole.count - 4 * rows.count
    for (row, twin, text) in [
      (dropped, dropped, "expected another row below 100"), (dropped, 1 << 20, "another row below"),
      (kept, dropped, "row \(kept) is no duplicate, but has the twin \(dropped)"),
    ] {
      var bytes = whole
      withUnsafeBytes(of: UInt32(twin)) {
        bytes.replaceSubrange(start + 4 * row..<start + 4 * row + 4, with: $0)
      }
      try Data(bytes).write(to: URL(fileURLWithPath: place))
      let faults = try OpenWorkspace(path: workspace.path).duplicateFaults()
      #expect(faults.contains { $0.contains(text) }, "\(faults)")
    }
    try Data(whole).write(to: URL(fileURLWithPath: place))
    #expect(try OpenWorkspace(path: workspace.path).duplicateFaults() == [])
  }
}
