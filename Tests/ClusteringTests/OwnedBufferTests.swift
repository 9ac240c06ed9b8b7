import Foundations
import Testing

struct OwnedBufferTests {
  @Test(arguments: [0, 1, 7, 1000])
  func elementsAreKeptAndAligned(count: Int) {
    let buffer = OwnedBuffer<Int32>(repeating: 5, count: count)
    #expect(buffer.elements == [Int32](repeating: 5, count: count))
    for index in 0..<count { buffer[index] = Int32(index) }
    #expect(buffer.elements == (0..<count).map { Int32($0) })
    #expect(Int(bitPattern: buffer.pointer) % 64 == 0)
    let range = count / 3..<count
    #expect(buffer.elements(range) == range.map { Int32($0) })
    #expect(buffer.pointer(to: range) == buffer.pointer + range.lowerBound)
    buffer.withMutableSpan(range) { span in
      for index in 0..<span.count { span[index] += 1 }
    }
    #expect(buffer.elements == (0..<count).map { Int32($0 < range.lowerBound ? $0 : $0 + 1) })
  }

  @Test func threadsWriteTheirOwnElements() {
    let shared = SharedBuffer((0..<1000).map { Double($0) })
    parallel(tasks: 1000, threads: 4) { _, task in shared[task] *= 2 }
    #expect(shared.elements == (0..<1000).map { 2 * Double($0) })
    #expect(SharedBuffer<Bool>(repeating: true, count: 3).elements == [true, true, true])
  }

  @Test func elementsBehindTheEndTrap() async {
    await #expect(processExitsWith: .failure) { _ = OwnedBuffer(repeating: 1, count: 3)[3] }
    await #expect(processExitsWith: .failure) { OwnedBuffer(repeating: 1, count: 3)[-1] = 2 }
    await #expect(processExitsWith: .failure) {
      _ = OwnedBuffer(repeating: 1, count: 3).elements(1..<4)
    }
  }
}
