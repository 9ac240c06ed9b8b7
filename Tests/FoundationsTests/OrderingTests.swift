import Foundations
import TestSupport
import Testing

@Suite struct OrderingTests {
  @Test func theBucketOfARankIsThatOfTheSortedElements() {
    var random = SeededRandom(6)
    for _ in 0..<200 {
      let counts = (0..<9).map { _ in Int.random(in: 0..<4, using: &random) }
      let sorted = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
      for rank in sorted.indices.map({ $0 + 1 }) {
        let found = counts.bucket(ofRank: rank)
        #expect(found.bucket == sorted[rank - 1])
        #expect(found.rank == rank - sorted.count { $0 < found.bucket })
      }
      #expect(counts.bucket(ofRank: sorted.count + 1).bucket == 8)
    }
  }

  @Test func bitsOrderAsNumbersDo() {
    let numbers: [Double] = [
      -.infinity, -1e300, -2, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 2, .infinity,
    ]
    let bits = numbers.map(orderedBits)
    #expect(bits == bits.sorted() && Set(bits).count == bits.count)
    #expect(bits.map { value(ofOrderedBits: $0) } == numbers)
    #expect(orderedBits(-0.0) == orderedBits(0))
    let falling = (numbers.reversed().map { Float($0) } + [.nan]).map(descendingBits)
    #expect(falling == falling.sorted() && falling.last == .max)
    #expect(descendingBits(-0.0) == descendingBits(0))
  }

  @Test func nounsAreCounted() {
    #expect([0, 1, 2].map { counted($0, "row") } == ["0 rows", "1 row", "2 rows"])
    #expect(["7", "1234", ""].map { padded($0, 3) } == ["007", "1234", "000"])
    // A quote with a mark on it is one Character, and a quote all the same.
    #expect(quoted("it's", "'", escaped: "''") == "'it''s'")
    #expect(Array(quoted("a'\u{301}", "'", escaped: "''").utf8) == Array("'a''\u{301}'".utf8))
  }
}
