// The table: moving, sorting, and the cursor that stays on its concept.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct TableTests {
  @Test func theRadixOrderIsTheSortedOne() {
    var values = (0..<3_000).map { Fixture.unit($0, 7) * 10 - 5 }
    for index in stride(from: 0, to: 3_000, by: 7) { values[index] = Double(index % 5) }
    values += [0, -0.0, .infinity, -.infinity, 1e-300, -1e300, 0]
    for descending in [false, true] {
      let slow = values.indices.sorted {
        values[$0] == values[$1]
          ? $0 < $1 : descending ? values[$0] > values[$1] : values[$0] < values[$1]
      }
      #expect(radixOrder(values, descending: descending) == slow)
    }
    for _ in 0..<60 {
      let counts = (0..<Int.random(in: 0...90)).map { _ in Int.random(in: -300...70_000) / 3 }
      for descending in [false, true] {
        #expect(
          radixOrder(counts: counts, descending: descending)
            == radixOrder(counts.map(Double.init), descending: descending))
      }
    }
    #expect(radixOrder([2, .nan, 1], descending: false) == [2, 0, 1])
    #expect(radixOrder([2, .nan, 1], descending: true) == [0, 2, 1])
    #expect(radixOrder([], descending: true) == [])
    #expect(radixOrder([5], descending: true) == [0])
    #expect(radixOrder([1, 2, 1, 2], descending: true, ties: [3, 2, 1, 0]) == [3, 1, 2, 0])
  }

  @Test func movingStaysInTheTable() throws {
    let state = try Fixture.state().pressing(":resize 80x24")
    #expect(state.table.position == 0)
    #expect(try state.pressing("k Up PageUp g Home").table.position == 0)
    #expect(try state.pressing("j Down").table.position == 2)
    #expect(try state.pressing("G").table.position == 199)
    #expect(try state.pressing("End j PageDown").table.position == 199)
    #expect(try state.pressing("G g").table.position == 0)
    let page = try state.pressing("PageDown")
    #expect(page.table.position > 5)
    #expect(try page.pressing("PageUp").table.position == 0)
  }

  @Test func theCursorIsAlwaysOnTheScreen() throws {
    var state = try Fixture.state().pressing(":resize 80x24")
    for keys in ["G", "k k k", "PageUp", ":resize 60x16", "g", "PageDown", ":resize 200x60", "G"] {
      state = try state.pressing(keys)
      let line = state.screenText.split(separator: "\n").first { $0.contains("▸") }
      let cursor = try #require(state.cursor)
      #expect(
        line?.contains(" \(cursor) ") == true || line?.contains("▸\(cursor) ") == true, "\(keys)")
    }
  }

  @Test func sortingKeepsTheCursorOnItsConcept() throws {
    var state = try Fixture.state().pressing("j j j j j")
    let cluster = state.cursor
    for key in ["<", "<", "r", ">", ">", ">", ">", ">", ">", ">", "r", "s j Enter", "h", "l"] {
      state = try state.pressing(key)
      #expect(state.cursor == cluster, "\(key)")
      #expect(state.table.order[state.table.position] == cluster)
      #expect(Set(state.table.order).count == 200)
      let line = state.screenText.split(separator: "\n").first { $0.contains("▸") }
      #expect(line?.contains("\(cluster ?? -1) ") == true)
    }
  }

  @Test(arguments: Column.standard + [.metadata(0), .metadata(1)])
  func everyColumnSorts(_ column: Column) throws {
    var state = try Fixture.state(hasMetadata: true).pressing("d j j a + + g")
    while state.table.column != column { state = try state.pressing(">") }
    let names = Set((0..<200).map { Fixture.caption($0).lowercased() })
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    func value(_ cluster: Int) -> Double {
      let scores = state.subject.scores
      switch column {
      case .number: return Double(cluster)
      case .concept: return Double(names.firstIndex(of: state.name(of: cluster) ?? "") ?? -1)
      case .size: return Double(scores.size[cluster])
      case .dIntra: return scores.dIntra[cluster]
      case .dInter: return scores.dInter[cluster]
      case .complexity: return scores.complexity[cluster]
      case .probability: return state.quotas.probability[cluster]
      case .quota: return Double(state.quotas.quota[cluster])
      case .keep: return state.keepFraction(of: cluster)
      case .change: return Double(state.quotas.quota[cluster] - state.baseline.quota[cluster])
      case .override:
        switch state.plan.override(of: cluster)?.action {
        case .drop: return 4
        case .keep: return 3
        default: return 0
        }
      case .metadata(let place):
        let mean = state.subject.metadata[place].mean[cluster]
        // What is missing is last, either way.
        return mean.isNaN ? (state.table.isDescending ? -.infinity : .infinity) : mean
      }
    }
    for _ in 0..<2 {
      let values = state.table.order.map(value)
      let sorted = state.table.isDescending ? values.sorted(by: >) : values.sorted()
      #expect(values == sorted)
      // It stays sorted when the plan changes, whatever the values do.
      state = try state.pressing("{ t d")
      let after = state.table.order.map(value)
      #expect(after == (state.table.isDescending ? after.sorted(by: >) : after.sorted()))
      state = try state.pressing("r")
    }
  }

  @Test func aSecondColumnDecidesAmongEquals() throws {
    // Many concepts are empty of overrides: by override first, so the second decides.
    var state = try Fixture.state().pressing("d j j a g s j j j j j Enter")
    #expect(state.table.column == .override)
    state = try state.pressing("s j j j s")
    let size = state.subject.scores.size
    let free = state.table.order.filter { state.plan.override(of: $0) == nil }
    #expect(state.table.second == Sorting(column: .size))
    #expect(free == free.sorted { size[$0] == size[$1] ? $0 < $1 : size[$0] > size[$1] })
    #expect(state.screenText.contains("by override ↓, size ↓"))
    // Again it turns around, and then it goes; R turns it too.
    state = try state.pressing("s j j j s")
    #expect(state.screenText.contains("by override ↓, size ↑"))
    let turned = state.table.order.filter { state.plan.override(of: $0) == nil }
    #expect(turned == turned.sorted { size[$0] == size[$1] ? $0 < $1 : size[$0] < size[$1] })
    #expect(try state.pressing("R").screenText.contains("by override ↓, size ↓"))
    #expect(try state.pressing("s").screenText.contains("second ↑"))
    state = try state.pressing("s j j j s")
    #expect(state.table.second == nil)
    #expect(try state.pressing("R").message?.isWarning == true)
    // It stays while the plan changes, also where it follows from the plan itself.
    state = try state.pressing("s k k k s + t")
    let quota = state.quotas.quota
    let after = state.table.order.filter { state.plan.override(of: $0) == nil }
    #expect(state.table.second == Sorting(column: .quota))
    #expect(after == after.sorted { quota[$0] == quota[$1] ? $0 < $1 : quota[$0] > quota[$1] })
  }
}

@Suite struct HeaderTests {
  @Test func oneIsNoPlural() throws {
    let scores = ConceptScores(size: [1], dIntra: [0.1], dInter: [0], complexity: [0])
    let subject = Subject(
      name: "one", rows: 1, scores: scores, clustering: "9f2c", hasSimilarity: false, formats: [])
    let state = try ScriptRunner(performer: InstantWork(clusters: 1)).run(
      Script(parsing: ""),
      from: State(subject: subject, output: Output(format: .text, output: "keep.txt")),
      size: Size(width: 120, height: 36)
    ) { _, _ in }
    #expect(state.screenText.contains("1 row  "))
    #expect(state.screenText.contains("1 concept  "))
    #expect(!state.screenText.contains("1 rows"))
  }
  @Test(arguments: [(60, false), (100, false), (200, true), (240, true)])
  func whatFiltersDroppedIsShownWhereThereIsRoom(width: Int, isShown: Bool) throws {
    let scores = ConceptScores(size: [9], dIntra: [0.1], dInter: [0], complexity: [0])
    func screen(_ dropped: [FilteredRows]) throws -> String {
      let subject = Subject(
        name: "some", rows: 1500, dropped: dropped, scores: scores, clustering: "9f2c",
        hasSimilarity: false, formats: [])
      return try ScriptRunner(performer: InstantWork(clusters: 1)).run(
        Script(parsing: ""),
        from: State(subject: subject, output: Output(format: .text, output: "keep.txt")),
        size: Size(width: width, height: 36)
      ) { _, _ in }.screenText
    }
    let text = try screen([
      FilteredRows(filter: "where", rows: 1400), FilteredRows(filter: "similarity", rows: 91),
    ])
    #expect(
      text.contains("9 of 1,500 rows (dropped: where 1,400, similarity 91)") == isShown, "\(text)")
    #expect(text.contains("9 of 1,500 rows"))
    #expect(try !screen([]).contains("dropped"))
  }
}
