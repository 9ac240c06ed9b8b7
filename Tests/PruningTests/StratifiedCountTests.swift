// Counting the kept positions of `stratified` against listing them.

import Pruning
import Testing

@Suite struct StratifiedCountTests {
  @Test func countsWhatIsListed() {
    for size in [1, 2, 3, 7, 64, 101] {
      let rows = (0..<UInt32(size)).map { $0 }
      let distances = [Float](repeating: 0.5, count: size)
      for quota in 0...size {
        let kept = Selection.positions(
          rows: rows.span, distances: distances.span, quota: quota, order: .stratified, seed: 1)
        var slow = 0
        for position in 0...size {
          let count = Selection.stratifiedCount(before: position, of: size, quota: quota)
          #expect(count == slow, "size \(size), quota \(quota), position \(position)")
          if position < size, kept.contains(position) { slow += 1 }
        }
      }
    }
  }

  @Test func hugeConceptsDoNotOverflow() {
    let size = 1 << 60
    #expect(Selection.stratifiedCount(before: size, of: size, quota: size) == size)
    #expect(Selection.stratifiedCount(before: size / 2, of: size, quota: size / 2) == size / 4)
  }
}
