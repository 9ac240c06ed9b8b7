import TestSupport
import Testing
import Workspace

/// Members are sorted by splitting long runs; the standard library's sort is the slow twin.
@Suite struct SortInPlaceTests {
  @Test(arguments: [3, 4, 7, 64, 100_000])
  func anyLimitSortsAsTheStandardLibraryDoes(limit: Int) {
    var random = SeededRandom(UInt64(limit))
    for count in [0, 1, 2, 3, 4, 5, 17, 1_000, 20_000] {
      let drawn = Array(Set((0..<count).map { _ in random.next() }))
      let rising = (0..<UInt64(count)).map { $0 }
      for keys in [drawn, rising, rising.reversed(), rising.map { $0 ^ 0xFF }] {
        var sorted = keys
        sorted.withUnsafeMutableBufferPointer { sortInPlace($0, limit: limit) }
        #expect(sorted == keys.sorted())
      }
    }
  }
}
