// A frame of the explorer at k = 50,000 and 120 by 36 cells, detail beside the table: `update`,
// `view`, and finding the cells that differ. A cursor key is to take 2 ms and a key that turns the
// target 8 ms in all, curses and the terminal included.

import Canvas
import Explorer
import Pruning

func frameBenchmarks(_ promises: Promises) {
  let scores = concepts(50_000)
  let subject = Subject(
    name: "made-up", rows: scores.candidates, scores: scores, clustering: "9f2c",
    hasSimilarity: false, formats: [])
  let runner = ScriptRunner(performer: MadeUpWork())
  let opened = try! State(subject: subject, output: Output(format: .text, output: "keep.txt"))
  var state = runner.settle(opened, .resize(Size(width: 120, height: 36)))
  var shown = view(state, state.size)
  var changed = 0
  func press(_ key: KeyPress) {
    (state, _) = update(state, .key(key))
    let grid = view(state, state.size)
    for index in grid.cells.indices where !grid.shows(index, as: shown) { changed += 1 }
    shown = grid
  }
  promises.measure("frame, k = 50,000, cursor key") { press($0 / 20 % 2 == 0 ? .down : .up) }
  promises.measure("frame, k = 50,000, page key") { press($0 / 20 % 2 == 0 ? .pageDown : .pageUp) }
  promises.measure("frame, k = 50,000, target key") {
    press(.character($0 / 20 % 2 == 0 ? "]" : "["))
  }
  state = runner.settle(state, .key(.character("/")))
  promises.measure("frame, k = 50,000, filter key") {
    press($0 % 4 < 2 ? .character("1") : .backspace)
  }
  state = runner.settle(state, .key(.escape))
  promises.measure("500 cursor keys at once, k = 50,000") { run in
    (state, _) = update(
      state, Array(repeating: .key(run % 2 == 0 ? .down : .up), count: 500))
    shown = view(state, state.size)
  }
  withExtendedLifetime(changed) {}
}

/// Answers at once, with names; pages that are read from a disk stay away.
private struct MadeUpWork: WorkPerformer {
  func perform(_ request: some Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case let question as LabelsQuestion:
      .answer(
        Dictionary(uniqueKeysWithValues: question.concepts.map { ($0, "concept · number · \($0)") })
      )
    default: .failed("nothing to read")
    }
  }
}
