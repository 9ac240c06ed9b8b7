// Ranks of keys by counting against sorting all of them, over keys that are even, crowded and at
// the ends of their range.

import BuildSupport
import TestSupport
import Testing
import Workspace

/// Keys from an array, few enough of which are sorted that all paths are taken.
private struct ListedKeys: RowKeys {
  let keys: [UInt64]
  let few: Int
  var count: Int { keys.count }
  var bits: Int { 64 }
  func key(_ position: Int) -> UInt64 { keys[position] }
}

struct RowKeysTests {
  private static let kinds = ["even", "low", "high", "two", "runs", "ends"]

  private func keys(_ kind: String, _ count: Int) -> [UInt64] {
    let values = (0..<count).map { index -> UInt64 in
      let row = UInt64(index)
      return switch kind {
      case "even": slowHash(3, row)
      case "low": row
      case "high": UInt64.max - row
      case "two": (row % 2 == 0 ? 0x3E4C_CCCD : 0xFFFF_FFFF) << 32 | row
      case "runs": slowHash(1, row / 50) & 0xFFFF_F000_0000_0000 | row
      default: row < 3 ? row : row < 6 ? UInt64.max - row : 1 << 63 | row
      }
    }
    return values.enumerated().sorted { slowHash(9, UInt64($0.0)) < slowHash(9, UInt64($1.0)) }
      .map(\.1)
  }

  @Test(arguments: kinds, [1, 2, 40, 3_000])
  func pagesRanksAndCutsAreThoseOfTheSortedKeys(kind: String, count: Int) throws {
    let keys = keys(kind, count)
    let sorted = (0..<count).sorted { keys[$0] < keys[$1] }
    for (few, threads) in [(1, 1), (5, 3), (64, 2), (1 << 16, 2)] {
      let listed = ListedKeys(keys: keys, few: few)
      for first in Set([0, 1, count / 3, count / 2, max(0, count - 30)]) where first <= count {
        for length in [0, 1, 7, 30] {
          let ranks = first..<min(count, first + length)
          let page = listed.positions(ranks, threads: threads, isCancelled: { false })
          #expect(page == Array(sorted[ranks]), "\(kind) \(ranks) of \(count), \(few)")
        }
      }
      for quota in Set([1, count / 2, count]) where quota > 0 {
        let taken = try #require(listed.taken(quota, threads: threads, isCancelled: { false }))
        #expect((0..<count).filter(taken).count == quota)
        #expect(sorted[..<quota].allSatisfy(taken))
      }
      let asked = stride(from: 0, to: count, by: max(1, count / 17)).map { $0 }
      let ranks = listed.ranks(of: asked, threads: threads, isCancelled: { false })
      #expect(ranks == asked.map { sorted.firstIndex(of: $0) ?? -1 })
    }
  }

  @Test func cancelledIsNone() {
    let listed = ListedKeys(keys: keys("even", 100), few: 2)
    #expect(listed.positions(0..<3, threads: 1, isCancelled: { true }) == nil)
    #expect(listed.taken(3, threads: 1, isCancelled: { true }) == nil)
    #expect(listed.ranks(of: [1], threads: 1, isCancelled: { true }) == nil)
  }
}
