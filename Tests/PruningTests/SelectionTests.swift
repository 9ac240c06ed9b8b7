import Pruning
import Testing

@Suite struct SelectionTests {
  /// A concept in a data set of `4 * size` rows, farthest first, with `levels` different distances
  /// and similarities (so many ties) and some similarities missing or of both zeros.
  private struct Concept {
    var rows: [UInt64]
    var distances: [Float]
    var similarity: [Float]

    init(size: Int, levels: Int, seed: UInt64) {
      var random = TestRandom(seed: seed)
      let chosen = Array(0..<UInt64(4 * size)).shuffled(using: &random).prefix(size)
      let pairs = chosen.map { row in
        (row: row, distance: Float(Int.random(in: 0..<levels, using: &random)) / Float(levels))
      }.sorted { $0.distance == $1.distance ? $0.row < $1.row : $0.distance > $1.distance }
      rows = pairs.map(\.row)
      distances = pairs.map(\.distance)
      let special: [Float] = [.nan, -.nan, 0, -0.0, .infinity, -.infinity]
      similarity = (0..<4 * size).map { _ in
        random.oneIn(8)
          ? special.randomElement(using: &random)!
          : Float(Int.random(in: -levels...levels, using: &random)) / Float(levels)
      }
    }
  }

  @Test(arguments: Order.allCases)
  func equalsTheSortingTwin(order: Order) {
    for seed in 0..<300 as Range<UInt64> {
      var random = TestRandom(seed: seed &+ 5 << 40)
      // Some concepts are past the few keys that are sorted at once.
      let size = Int.random(in: 1...(random.oneIn(6) ? 6000 : 60), using: &random)
      let levels = [1, 2, 5, 1000, 1 << 20].randomElement(using: &random)!
      let concept = Concept(size: size, levels: levels, seed: seed)
      let narrow = concept.rows.map { UInt32($0) }
      for quota in [0, 1, Int.random(in: 0...size, using: &random), size - 1, size] {
        let expected = SelectionTwin.positions(
          concept.rows, concept.distances, concept.similarity, quota, order, seed)
        let wide = Selection.positions(
          rows: concept.rows.span, distances: concept.distances.span,
          similarity: concept.similarity.span, quota: quota, order: order, seed: seed)
        let kept = Selection.positions(
          rows: narrow.span, distances: concept.distances.span,
          similarity: concept.similarity.span, quota: quota, order: order, seed: seed)
        #expect(Array(wide) == expected)
        #expect(wide == kept)
        var walked: [Int] = []
        kept.forEach({ walked.append($0) })
        #expect(walked == expected)
        #expect(kept.count == quota && kept.size == size)
        let members = Set(expected)
        let isSame = (-1...size).allSatisfy { kept.contains($0) == members.contains($0) }
        #expect(isSame)
      }
    }
  }

  @Test func easiestKeepsTheLowestRowsOfItsBoundary() {
    let rows: [UInt32] = [9, 1, 4, 7, 2]
    let distances: [Float] = [0.5, 0.3, 0.3, 0.3, 0.1]
    let kept = Selection.positions(
      rows: rows.span, distances: distances.span, quota: 3, order: .easiest, seed: 1)
    #expect(Array(kept) == [1, 2, 4])
  }

  @Test(arguments: Order.allCases.filter(\.isNested))
  func largerQuotasKeepWhatSmallerOnesKept(order: Order) {
    let concept = Concept(size: 700, levels: 9, seed: 77)
    var before = Set<Int>()
    for quota in stride(from: 0, through: 700, by: 35) {
      let kept = Set(
        Array(
          Selection.positions(
            rows: concept.rows.span, distances: concept.distances.span,
            similarity: concept.similarity.span, quota: quota, order: order, seed: 3)))
      #expect(kept.isSuperset(of: before) && kept.count == quota)
      before = kept
    }
  }

  /// The published first outputs of SplitMix64 for this seed.
  @Test func splitMix64() {
    let outputs = (0..<5).map { splitmix64(seed: 1_234_567, row: $0) }
    #expect(
      outputs == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }
}
