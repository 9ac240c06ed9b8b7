// What people see of a build: its steps, in their order.

import Build
import BuildSupport
import Synchronization
import Tasks
import TestSupport
import Testing

struct StepTests {
  @Test func everyStepHasItsPlace() throws {
    let folder = try TemporaryFolder()
    let input = try folder.shard("rows", clumpedRows(60, dimensions: 4))
    let told = Mutex<[BuildProgress]>([])
    try folder.build(
      [input], observer: BuildObserver(progress: { event in told.withLock { $0.append(event) } }))
    let events = told.withLock { $0 }
    #expect(!events.isEmpty)
    for event in events {
      #expect(event.number == (StageName.steps.firstIndex(of: event.stage) ?? -1) + 1)
      #expect(event.stages == StageName.steps.count)
    }
  }
}
