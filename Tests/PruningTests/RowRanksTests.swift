// Rows numbered within windows, against a list of them.

import Pruning
import Testing

struct RowRanksTests {
  @Test(arguments: [1, 63, 64, 65, 700], [1, 64, 200, 100_000])
  func windowsNumberEveryRowOnce(rows: Int, most: Int) {
    var random = TestRandom(seed: UInt64(rows + most))
    for share in [0.0, 0.1, 0.6, 1] {
      let set = RowSet(rows: rows) { _ in Double.random(in: 0..<1, using: &random) < share }
      for mostRows in [1, 128, 1 << 30] {
        var (start, found) = (0, [Int]())
        while start < rows {
          let ranks = RowRanks(set, from: start, most: most, mostRows: mostRows)
          let range = ranks.range
          #expect(range.lowerBound == start && !range.isEmpty)
          #expect(range.count <= 64 || ranks.count <= most && range.count <= max(64, mostRows))
          let own = range.filter(set.contains)
          #expect(own.count == ranks.count)
          #expect(own.map { ranks.rank(of: $0) } == Array(own.indices))
          for row in -1...rows where !range.contains(row) || !set.contains(row) {
            #expect(ranks.rank(of: row) == nil)
          }
          found += own
          start = range.upperBound
        }
        #expect(found == Array(set))
      }
    }
  }
}
