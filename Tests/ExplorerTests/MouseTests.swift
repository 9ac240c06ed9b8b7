// Clicks and the wheel, by the cells that a user sees: each test finds its place on the picture.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct MouseTests {
  private let runner = ScriptRunner(performer: InstantWork())

  private func opened(_ size: String = "120x36", _ keys: String = "") throws -> State {
    runner.settle(try Fixture.state(), .resize(try #require(Size(parsing: size))))
  }

  /// The first cell of a text on the screen.
  private func place(of text: String, in state: State, from row: Int = 0) throws -> Spot {
    let grid = view(state, state.size)
    for y in row..<grid.height {
      let line = grid.row(y)
      guard let range = line.range(of: text) else { continue }
      return Spot(x: columns(of: String(line[..<range.lowerBound])), y: y)
    }
    throw NotOnScreen(text: text, screen: grid.text)
  }

  private struct NotOnScreen: Error {
    let text: String
    let screen: String
  }

  private func clicking(
    _ text: String, _ state: State, from row: Int = 0, _ act: Mouse.Act = .press
  ) throws -> State {
    runner.settle(state, .mouse(Mouse(act, try place(of: text, in: state, from: row))))
  }

  private func cursorLine(_ state: State) -> String {
    state.screenText.split(separator: "\n").first { $0.contains("▸") }.map(String.init) ?? ""
  }

  @Test(arguments: ["120x36", "80x24", "60x16"])
  func aClickSelectsAndASecondActsAsEnter(_ size: String) throws {
    let state = try opened(size)
    let third = state.table.order[3]
    let place = Spot(x: 9, y: view(state, state.size).text.lines { $0.hasPrefix("┌") } + 2 + 3)
    let selected = runner.settle(state, .mouse(Mouse(.press, place)))
    #expect(selected.cursor == third && selected.screen == .concepts)
    let entered = runner.settle(selected, .mouse(Mouse(.press, place)))
    #expect(entered.cursor == third && entered.screen == .items)
    // A double press does the same, wherever the cursor was.
    let double = runner.settle(
      runner.settle(state, .mouse(Mouse(.press, place))), .mouse(Mouse(.doublePress, place)))
    #expect(double.cursor == third && double.screen == .items)
    let again = runner.settle(entered, .mouse(Mouse(.doublePress, place)))
    #expect(again.screen == .items && again.items.rank == entered.items.rank)
  }

  @Test func aClickOnATitleSorts() throws {
    let state = try opened()
    let sorted = try clicking("quota", state, from: 3)
    #expect(sorted.table.column == .quota && sorted.table.isDescending)
    let turned = try clicking("quota", sorted, from: 3)
    #expect(turned.table.column == .quota && !turned.table.isDescending)
    #expect(turned.cursor == state.cursor)
    let numbered = try clicking(" # ", turned, from: 3, .press)
    #expect(numbered.table.column == .number && !numbered.table.isDescending)
  }

  @Test func theWheelScrollsThreeLines() throws {
    var state = try opened("80x24")
    let first = state.cursor
    let wheel = Spot(x: 5, y: 10)
    state = runner.settle(state, .mouse(Mouse(.wheelDown, wheel)))
    #expect(state.table.top == 3)
    #expect(state.table.position == 3)
    state = runner.settle(try state.pressing("j j j j j"), .mouse(Mouse(.wheelDown, wheel)))
    #expect(state.table.top == 6 && state.table.position == 8)
    state = runner.settle(state, .mouse(Mouse(.wheelUp, wheel)))
    #expect(state.table.top == 3 && state.table.position == 8)
    for _ in 0..<9 { state = runner.settle(state, .mouse(Mouse(.wheelUp, wheel))) }
    #expect(state.table.top == 0 && state.cursor == first)
    for _ in 0..<99 { state = runner.settle(state, .mouse(Mouse(.wheelDown, wheel))) }
    #expect(state.table.position == state.table.order.count - 1)
  }

  @Test func itemsAreSelectedAndScrolled() throws {
    var state = try Fixture.state().pressing(Fixture.middle + " I")
    state = runner.settle(state, .mouse(Mouse(.press, Spot(x: 8, y: 9))))
    let rank = state.items.rank
    #expect(rank > 0)
    state = runner.settle(state, .mouse(Mouse(.wheelDown, Spot(x: 8, y: 9))))
    #expect(state.items.top == 3 && state.items.rank == max(3, rank))
    state = runner.settle(state, .mouse(Mouse(.wheelUp, Spot(x: 8, y: 9))))
    #expect(state.items.top == 0)
  }

  @Test func theKeyBarActs() throws {
    let state = try opened()
    #expect(try clicking("? help", state, from: 35).context == .help)
    let lower = try clicking("-", state, from: 35)
    #expect(lower.plan.target < state.plan.target)
    #expect(try clicking("+ -", state, from: 35).plan.target > state.plan.target)
    #expect(try clicking("undo", lower, from: 35).plan == state.plan)
    #expect(try clicking("undo", state, from: 35).message?.isWarning == true)
  }

  @Test func menusAndAnswersAreChosen() throws {
    let menu = try opened().pressing("S")
    let chosen = try clicking("proportional", menu)
    #expect(chosen.plan.strategy == .proportional && chosen.context == .concepts)
    let commit = try opened().pressing("+ c")
    #expect(try clicking("  Yes", commit).committed != nil)
    #expect(try clicking("No ", commit).context == .concepts)
    #expect(try clicking("quit and discard it", try opened().pressing("+ q")).isFinished)
  }

  @Test(arguments: ["S", "+ c", "+ q", "n", "?", ":"])
  func aClickBesideClosesNothing(_ keys: String) throws {
    let state = try opened().pressing(keys)
    for place in [Spot(x: 0, y: 5), Spot(x: 3, y: 0), Spot(x: 119, y: 20)] {
      let after = runner.settle(state, .mouse(Mouse(.press, place)))
      #expect(after.context == state.context && after.cursor == state.cursor, "\(place)")
    }
  }

  /// Wherever the mouse is, on whatever: nothing traps and the sum is the target.
  @Test(arguments: 0..<20)
  func anyClickIsTaken(_ seed: Int) throws {
    var draw = 0
    func random(_ bound: Int) -> Int {
      draw += 1
      return Int(splitmix64(seed: UInt64(seed) &+ 7_000, row: UInt64(draw)) % UInt64(bound))
    }
    let keys = ["j", "?", "S", "s", ":", "n", "c", "D", "I", "C", "Escape", "+", "v", "G"]
    let acts: [Mouse.Act] = [.press, .doublePress, .wheelUp, .wheelDown]
    var state = try Fixture.state(clusters: [0, 1, 200][seed % 3])
    let runner = ScriptRunner(performer: InstantWork(clusters: [0, 1, 200][seed % 3]))
    for _ in 0..<200 where !state.isFinished {
      let place = Spot(x: random(140) - 5, y: random(45) - 3)
      let event: Event =
        switch random(10) {
        case 0: .key(KeyPress(parsing: keys[random(keys.count)])!)
        case 1: .resize(Size(width: 1 + random(150), height: 1 + random(50)))
        default: .mouse(Mouse(acts[random(4)], place))
        }
      state = runner.settle(state, event)
      #expect(state.quotas.quota.reduce(0, +) == state.plan.target)
    }
  }
}

extension String {
  /// The number of the first line that is as wanted, from 0.
  fileprivate func lines(_ isWanted: (Substring) -> Bool) -> Int {
    split(separator: "\n", omittingEmptySubsequences: false).firstIndex(where: isWanted) ?? -1
  }
}
