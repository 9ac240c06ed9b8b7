import Foundations
import Synchronization
import Testing

struct ParallelTests {
  @Test(arguments: [0, 1, 2, 7, 1000], [-1, 0, 1, 2, 5, 64])
  func everyTaskRunsOnceAndWorkersOneAtATime(tasks: Int, threads: Int) {
    let runs = Mutex([Int](repeating: 0, count: tasks))
    let busy = Mutex(Set<Int>())
    let clashes = Atomic<Int>(0)
    parallel(tasks: tasks, threads: threads) { worker, task in
      let isFree = busy.withLock { $0.insert(worker).inserted }
      if !isFree || worker < 0 || worker >= max(1, threads) {
        clashes.add(1, ordering: .relaxed)
      }
      runs.withLock { $0[task] += 1 }
      busy.withLock { _ = $0.remove(worker) }
    }
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: tasks))
    #expect(clashes.load(ordering: .relaxed) == 0)
  }
}

struct FailingTasksTests {
  @Test(arguments: [1, 2, 8])
  func theLowestTaskThatFailedIsThrown(threads: Int) {
    let error = #expect(throws: WinnowError.self) {
      try parallel(tasks: 1000, threads: threads) { (_, task) throws(WinnowError) in
        if task % 100 == 37 { throw .invalid("task \(task)") }
      }
    }
    #expect(error == .invalid("task 37"))
  }

  @Test(arguments: [1, 3])
  func noTaskBeginsOnceOneHasFailedOrSomebodyAskedToStop(threads: Int) {
    let begun = Atomic<Int>(0)
    let isCancelled: @Sendable () -> Bool = { begun.load(ordering: .relaxed) >= 10 }
    let error = #expect(throws: WinnowError.self) {
      try parallel(tasks: 1000, threads: threads, isCancelled: isCancelled) {
        (_, _) throws(WinnowError) in begun.add(1, ordering: .relaxed)
      }
    }
    #expect(error == .interrupted)
    #expect((10..<10 + threads).contains(begun.load(ordering: .relaxed)))
  }
}
