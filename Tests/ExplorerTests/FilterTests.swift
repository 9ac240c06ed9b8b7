// The filter: what each term lets through, against the obvious way to say it; the cursor; and what
// typing, accepting and giving up do.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct FilterTests {
  private func typed(_ text: String) -> String { "/ " + keys(text) }

  private func keys(_ text: String) -> String {
    text.map { $0 == " " ? "Space" : String($0) }.joined(separator: " ")
  }

  /// The concepts that a filter shows, ascending.
  private func shown(_ text: String, _ state: State) throws -> [Int] {
    try state.pressing(typed(text) + " Enter").table.order.sorted()
  }

  @Test func everyTermLetsThroughWhatItSays() throws {
    let state = try Fixture.state(hasMetadata: true).pressing(
      "+ + d j a j w 2 Enter j Space j Space")
    let (size, quota) = (state.subject.scores.size, state.quotas.quota)
    let scores = state.subject.scores
    func name(_ cluster: Int) -> String { Fixture.caption(cluster).lowercased() }
    func override(_ cluster: Int) -> Override.Action? { state.plan.override(of: cluster)?.action }
    let cases: [(String, (Int) -> Bool)] = [
      ("oil", { name($0).contains("oil") }),
      ("OIL bride", { name($0).contains("oil") && name($0).contains("bride") }),
      ("!oil", { !name($0).contains("oil") }),
      ("!!oil", { name($0).contains("oil") }),
      ("花束", { name($0).contains("花束") }),
      ("NAÏVE", { name($0).contains("naïve") }),
      ("\"oil on\"", { name($0).contains("oil on") }),
      ("\"marked\"", { _ in false }),
      ("\"t-shirt, funny o", { name($0).contains("t-shirt, funny o") }),
      ("17", { String($0).contains("17") }),
      ("\"17\"", { _ in false }),
      ("/^oil.*bride$/", { name($0).hasPrefix("oil") && name($0).hasSuffix("bride") }),
      (
        "!/o[in]/ /e$",
        { !name($0).contains("oi") && !name($0).contains("on") && name($0).hasSuffix("e") }
      ),
      ("size>1e5", { size[$0] > 100_000 }),
      ("size>=10k size<12,000", { size[$0] >= 10_000 && size[$0] < 12_000 }),
      ("!size>10k", { size[$0] <= 10_000 }),
      ("d_intra<=.2", { scores.dIntra[$0] <= 0.2 }),
      ("d_inter>0.3", { scores.dInter[$0] > 0.3 }),
      ("C>=0.05", { scores.complexity[$0] >= 0.05 }),
      ("P>0.005", { state.quotas.probability[$0] > 0.005 }),
      ("quota=0", { quota[$0] == 0 }),
      ("quota!=0", { quota[$0] != 0 }),
      ("quota==0", { quota[$0] == 0 }),
      ("keep<10%", { state.keepFraction(of: $0) < 0.1 }),
      ("keep≥0.5", { state.keepFraction(of: $0) >= 0.5 }),
      ("delta>0", { state.change(of: $0) > 0 }),
      ("change<-100", { state.change(of: $0) < -100 }),
      ("Δ=0", { state.change(of: $0) == 0 }),
      ("#>=190", { $0 >= 190 }),
      ("width>500", { state.subject.metadata[0].mean[$0] > 500 }),
      ("similarity!=9", { $0 % 7 != 3 }),
      ("!similarity<9", { $0 % 7 == 3 }),
      ("marked", { state.marks.contains($0) }),
      ("saturated", { size[$0] > 0 && quota[$0] == size[$0] }),
      ("changed", { state.change(of: $0) != 0 }),
      ("dropped", { override($0) == .drop }),
      ("overridden", { override($0) != nil }),
      ("!overridden oil", { override($0) == nil && name($0).contains("oil") }),
      ("noted", { _ in false }),
      ("empty", { size[$0] == 0 }),
      ("   ", { _ in true }),
      ("!", { _ in true }),
    ]
    for (text, holds) in cases {
      #expect(try shown(text, state) == (0..<200).filter(holds), "\(text)")
    }
  }

  @Test func numbersAreReadAsPeopleTypeThem() {
    for (text, value) in [
      ("1e5", 1e5), ("12,000", 12_000), ("10k", 1e4), ("1.5M", 1.5e6), ("2G", 2e9), (".2", 0.2),
      ("-3", -3), ("10%", 0.1), ("+7", 7), ("1_000", 1_000),
    ] { #expect(FilterNumber.value(text) == value, "\(text)") }
    for text in ["", "k", "%", "1kk", "0x10", "inf", "nan", "1e999", "a", "1 2", "--1"] {
      #expect(FilterNumber.value(text) == nil, "\(text)")
    }
  }

  @Test func aTermThatCannotBeReadIsExplainedAndTheLastFilterStays() throws {
    let oil = try Fixture.state().pressing(typed("oil"))
    #expect(oil.table.order.count < 200 && !oil.table.order.isEmpty)
    for (text, last, words) in [
      ("sise>1", "sise", "no column \"sise\""), ("size>", "size", "needs a number"),
      ("size>x", "size", "found \"x\""), ("/a(/", "/a", "without its )"),
      ("concept=1", "concept", "is a name"), ("override>1", "override", "is not a number"),
      (">3", "", "no column"),
    ] {
      let lines = try oil.pressing(keys(" " + last)).table.order
      let state = try oil.pressing(keys(" " + text))
      #expect(state.screenText.contains(words), "\(text): \(state.screenText.suffix(300))")
      #expect(state.table.order == lines, "\(text)")
      // Enter does not take it; the prompt stays.
      let after = try state.pressing("Enter")
      #expect(after.context == .prompt && after.message?.isWarning == true, "\(text)")
    }
  }

  @Test func theCursorStaysOnItsConceptOrGoesToTheNearestLine() throws {
    let state = try Fixture.state().pressing("j j j j j j j j j j j j")
    let cursor = try #require(state.cursor)
    let name = Fixture.caption(cursor).split(separator: " ")[0]
    let stayed = try state.pressing(typed(String(name)) + " Enter")
    #expect(stayed.cursor == cursor)
    #expect(try stayed.pressing("Escape").cursor == cursor)
    // Without it, the next one below in the order that is left.
    let away = try state.pressing(typed("!\(name)") + " Enter")
    let rank = try #require(state.table.order.firstIndex(of: cursor))
    let next = state.table.order[rank...].first { !Fixture.caption($0).contains(name) }
    #expect(away.cursor == next)
    // While typing, what was hidden for a moment does not move it; nor does giving up.
    #expect(try state.pressing(typed("!\(name)") + " Ctrl-U").cursor == cursor)
    #expect(try state.pressing(typed("!\(name)") + " Escape").cursor == cursor)
    #expect(try state.pressing(typed("!\(name)") + " Ctrl-C").cursor == cursor)
  }

  @Test func escapeGoesBackOneStepAtATime() throws {
    let state = try Fixture.state().pressing(typed("oil") + " Enter")
    let count = state.table.order.count
    let refined = try state.pressing("/ Space s i z e > 1 0 0 k")
    #expect(refined.table.order.count < count)
    let back = try refined.pressing("Escape")
    #expect(back.table.order == state.table.order && back.context == .concepts)
    let all = try back.pressing("Escape")
    #expect(all.table.order.count == 200)
    #expect(try all.pressing("Escape").message?.isWarning == true)
  }

  @Test func theFilterFollowsPlanAndMarks() throws {
    var state = try Fixture.state().pressing(typed("keep<10%") + " Enter")
    for key in ["}", "-", "t", "t", "S j Enter", "d", "u", "Ctrl-R", "b"] {
      state = try state.pressing(key)
      #expect(
        state.table.order.sorted() == (0..<200).filter { state.keepFraction(of: $0) < 0.1 },
        "\(key)")
    }
    state = try Fixture.state().pressing("Space Space Space " + typed("marked") + " Enter")
    #expect(state.table.order.count == 3)
    state = try state.pressing("g Space")
    #expect(state.table.order.count == 2)
    state = try state.pressing("Space Space")
    #expect(state.table.order.isEmpty && state.cursor == nil)
    #expect(state.screenText.contains("no concept passes the filter"))
  }

  @Test func anEmptyTableIsHarmless() throws {
    let state = try Fixture.state().pressing(typed("nothing such") + " Enter")
    #expect(state.cursor == nil && state.table.order.isEmpty)
    #expect(state.screenText.contains("0 of 200"))
    for key in [
      "j", "k", "g", "G", "PageDown", "Enter", "Space", "*", "~", "d", "a", "p", "w", "x", "N",
      "D j k h", "I h l j G . J", "s Enter", "r", "+", "u", "I D C", "v", ":resize 60x16",
    ] {
      let after = try state.pressing(key)
      #expect(after.cursor == nil, "\(key)")
      #expect(after.plan.overrides.isEmpty)
    }
    let all = try state.pressing("Escape")
    #expect(all.table.order.count == 200 && all.cursor != nil)
  }

  @Test func theBorderSaysWhatIsShown() throws {
    let state = try Fixture.state().pressing(typed("oil keep<50%") + " Enter")
    let count = state.table.order.count
    #expect(state.screenText.contains("┌ \(count) of 200 ─ /oil keep<50% ─ by complexity ↓"))
    let narrow = try state.pressing(":resize 60x16").screenText
    #expect(narrow.contains("\(count) of 200 ─ /oil keep<50% ─ by complexity"))
  }

  @Test func namesThatComeLateAreFiltered() throws {
    let (first, work) = update(try Fixture.state(), .resize(Size(width: 120, height: 36)))
    let keys = "/oil".map { Event.key(.character($0)) }
    let (typing, _) = update(first, keys)
    #expect(typing.table.order.isEmpty)
    #expect(typing.screenText.contains("names are still being read"))
    var state = typing
    var open = work
    while let next = open.popLast() {
      guard case .start(let ticket, let request) = next else { continue }
      let (after, more) = update(
        state, .finished(ticket, InstantWork().perform(request) { _ in true }))
      state = after
      open += more
    }
    let expected = (0..<200).filter { Fixture.caption($0).contains("oil") }
    #expect(state.table.order.sorted() == expected)
  }

  @Test func columnsAreFoundUnderAClick() throws {
    for width in [58, 78, 118, 200] {
      let state = try Fixture.state(hasMetadata: true)
      let table = ConceptsTable(state, width: width)
      let columns = (0..<width).map { table.column(at: $0) }
      #expect(columns.allSatisfy { $0 != nil })
      #expect(columns.first == .number && columns.contains(.concept) && columns.contains(.keep))
      #expect(table.column(at: -1) == nil && table.column(at: width) == nil)
    }
  }
}
