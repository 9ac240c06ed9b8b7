import Pruning
import Testing

@Suite struct RowSetTests {
  @Test func equalsASetOfIntegers() {
    var random = TestRandom(seed: 11)
    for rows in [0, 1, 63, 64, 65, 127, 128, 1000] {
      var set = RowSet(rows: rows)
      var twin = Set<Int>()
      for _ in 0..<rows / 2 {
        let row = Int.random(in: 0..<rows, using: &random)
        set.insert(row)
        twin.insert(row)
      }
      let from = Int.random(in: 0...rows, using: &random)
      let to = Int.random(in: from...rows, using: &random)
      set.insert(from..<to)
      twin.formUnion(from..<to)
      #expect(Array(set) == twin.sorted())
      var walked: [Int] = []
      set.forEach({ walked.append($0) })
      #expect(walked == twin.sorted())
      #expect(set.count == twin.count && set.isEmpty == twin.isEmpty)
      for row in -2...rows + 2 {
        #expect(set.contains(row) == twin.contains(row))
        #expect(set.next(from: row) == twin.filter { $0 >= row }.min())
      }
      #expect(RowSet(rows: rows) { twin.contains($0) } == set)
      let odd = RowSet(rows: rows) { $0 % 2 == 1 }
      #expect(set.countMissing(in: odd) == twin.filter { $0 % 2 == 0 }.count)
      set.merge(odd)
      #expect(Array(set) == (0..<rows).filter { twin.contains($0) || $0 % 2 == 1 })
    }
  }

  @Test func rangesOfEveryAlignment() {
    for from in 0...130 {
      for to in from...131 {
        var set = RowSet(rows: 131)
        set.insert(from..<to)
        #expect(set == RowSet(rows: 131) { $0 >= from && $0 < to })
      }
    }
  }
}
