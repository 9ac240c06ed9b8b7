// Passes over all rows of a concept, on all threads. Each is compiled for the kinds of keys that
// there are: through a protocol's witness a page of ten million rows took five times as long.

import Foundations

/// Blocks of positions, one a task.
private let block = 1 << 18

extension RowKeys {
  private var tasks: Int { (count + block - 1) / block }

  private func positions(_ task: Int) -> Range<Int> {
    task * block..<min(count, (task + 1) * block)
  }

  /// How many keys have each digit `(key - base) >> shift`; the last count is of the others.
  @specialized(where Self == HashKeys<UInt32>)
  @specialized(where Self == HashKeys<UInt64>)
  @specialized(where Self == SimilarityKeys<UInt32, UInt64>)
  @specialized(where Self == SimilarityKeys<UInt64, UInt128>)
  func counts(from base: Key, shift: Key, digits: Int, _ threads: Int) -> [Int] {
    let tallies = Tallies(workers: max(1, min(threads, tasks)), slots: digits + 1)
    parallel(tasks: tasks, threads: threads) { worker, task in
      let tally = tallies.of(worker)
      let others = Key(digits)
      for position in positions(task) {
        // What lies below the base wraps around, to no less than the last digit's end.
        let digit = min((key(position) &- base) &>> shift, others)
        tally[Int(truncatingIfNeeded: digit)] &+= 1
      }
    }
    return tallies.sums()
  }

  /// How many keys have as many of `wanted`, which rise, not above them: 0 to all of them.
  @specialized(where Self == HashKeys<UInt32>)
  @specialized(where Self == HashKeys<UInt64>)
  @specialized(where Self == SimilarityKeys<UInt32, UInt64>)
  @specialized(where Self == SimilarityKeys<UInt64, UInt128>)
  func counts(notAbove wanted: [Key], _ threads: Int) -> [Int] {
    let tallies = Tallies(workers: max(1, min(threads, tasks)), slots: wanted.count + 1)
    parallel(tasks: tasks, threads: threads) { worker, task in
      let tally = tallies.of(worker)
      for position in positions(task) {
        let key = key(position)
        tally[firstPlace(in: wanted.indices) { wanted[$0] > key }] &+= 1
      }
    }
    return tallies.sums()
  }

  /// The entries with keys in a range, by position.
  @specialized(where Self == HashKeys<UInt32>)
  @specialized(where Self == HashKeys<UInt64>)
  @specialized(where Self == SimilarityKeys<UInt32, UInt64>)
  @specialized(where Self == SimilarityKeys<UInt64, UInt128>)
  func entries(
    in range: ClosedRange<Key>, _ threads: Int
  ) -> [(key: Key, position: Int)] {
    let parts = Parts<(key: Key, position: Int)>(tasks)
    parallel(tasks: tasks, threads: threads) { _, task in
      for position in positions(task) {
        let key = key(position)
        if range.contains(key) { parts.append((key, position), task) }
      }
    }
    return parts.joined()
  }
}

private final class Tallies: @unchecked Sendable {
  // Sound: a worker touches its own slots only, and `sums` runs after all have ended.
  private let counts: UnsafeMutableBufferPointer<Int>
  private let slots: Int

  init(workers: Int, slots: Int) {
    self.slots = slots
    counts = .allocate(capacity: workers * slots)
    counts.initialize(repeating: 0)
  }

  deinit { counts.deallocate() }

  func of(_ worker: Int) -> UnsafeMutableBufferPointer<Int> {
    UnsafeMutableBufferPointer(rebasing: counts[worker * slots..<(worker + 1) * slots])
  }

  func sums() -> [Int] {
    var sums = [Int](repeating: 0, count: slots)
    for (index, count) in counts.enumerated() { sums[index % slots] += count }
    return sums
  }
}

final class Parts<Value>: @unchecked Sendable {
  // Sound: a task appends to its own part only, and `joined` runs after all have ended.
  private let parts: UnsafeMutableBufferPointer<[Value]>

  init(_ tasks: Int) {
    parts = .allocate(capacity: tasks)
    parts.initialize(repeating: [])
  }

  deinit {
    parts.deinitialize()
    parts.deallocate()
  }

  func append(_ value: Value, _ task: Int) { parts[task].append(value) }

  func joined() -> [Value] { parts.flatMap { $0 } }
}
