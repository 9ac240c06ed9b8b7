// The Map: everything is on it, and the cursor goes where the eye expects.

import Canvas
import Explorer
import Testing

@Suite struct MapTests {
  @Test func everyConceptIsSomewhere() throws {
    for clusters in [1, 2, 18, 200, 3_000] {
      for size in ["120x36", "80x24", "60x16", "200x60"] {
        let state = try ScriptRunner(performer: InstantWork(clusters: clusters)).run(
          Script(parsing: "M"), from: try Fixture.state(clusters: clusters),
          size: try #require(Size(parsing: size))
        ) { _, _ in }
        let dots = try #require(state.map.dots)
        let concepts = state.subject.scores.size.count { $0 > 0 }
        #expect(dots.members.count == concepts && dots.shown == concepts)
        #expect(dots.plot.counts.reduce(0) { $0 + Int($1) } == concepts)
        #expect(state.screenText.contains("◆"))
      }
    }
    #expect(try Fixture.state(clusters: 0).pressing("M").screenText.contains("no concept"))
  }

  @Test func layersShowTheirConceptsOnly() throws {
    let state = try Fixture.state().pressing("t t a j d M")
    let quota = state.quotas.quota
    let size = state.subject.scores.size
    let expected = [
      size.count { $0 > 0 }, state.counts.saturated,
      size.indices.count { size[$0] > 0 && quota[$0] == 0 }, state.counts.gained, state.counts.cut,
      2, 0,
    ]
    var turned = state
    for count in expected {
      #expect(turned.map.dots?.members.count == count)
      turned = try turned.pressing("L")
    }
    #expect(turned.map.dots?.members.count == expected[0])
    let marked = try Fixture.state().pressing("Space j Space M L L L L L L")
    #expect(marked.map.dots?.members.count == 2)
    #expect(try marked.pressing("C Space M").map.dots?.members.count == 3)
    #expect(try marked.pressing("C U M").map.dots?.members.count == 0)
    // A change of the plan is a change of the dots.
    #expect(try state.pressing("L L u").map.dots?.members.count == 0)
  }

  @Test func directionsAreThoseOfThePlane() throws {
    var state = try Fixture.state().pressing("M g")
    let scores = state.subject.scores
    for (key, isRight) in [("h", false), ("l", true), ("k", false), ("j", true)] {
      for _ in 0..<30 {
        let here = try #require(state.cursor)
        state = try state.pressing(key)
        let there = try #require(state.cursor)
        if here == there { continue }
        switch key {
        case "h", "l": #expect((scores.dInter[there] > scores.dInter[here]) == isRight)
        // Down is a smaller d_intra.
        default: #expect((scores.dIntra[there] < scores.dIntra[here]) == isRight)
        }
        #expect(state.table.order[state.table.position] == there)
      }
    }
    // At the edge nothing lies beyond.
    for _ in 0..<200 { state = try state.pressing("l") }
    let largest = scores.size.indices.filter { scores.size[$0] > 0 }
      .max { scores.dInter[$0] < scores.dInter[$1] }
    #expect(scores.dInter[try #require(state.cursor)] > scores.dInter[try #require(largest)] - 0.02)
  }

  @Test func zoomingKeepsTheCursorInTheWindow() throws {
    var state = try Fixture.state().pressing("M z z z")
    #expect(state.screenText.contains("×8"))
    #expect(state.screenText.contains("◆"))
    let dots = try #require(state.map.dots)
    #expect(dots.shown < dots.members.count && dots.shown > 0)
    for key in ["l", "l", "k", "k", "h", "j", "PageDown", "PageUp", "g", "G"] {
      state = try state.pressing(key)
      let size = state.subject.scores.size[try #require(state.cursor)]
      #expect(size == 0 || state.screenText.contains("◆"), "\(key)")
    }
    state = try state.pressing("Z Z Z")
    #expect(state.map.dots?.shown == state.map.dots?.members.count)
    #expect(try state.pressing("Z").message?.text.contains("everything") == true)
  }

  @Test func theDotsAreKeptWhileNothingChanges() throws {
    let state = try Fixture.state().pressing("M")
    let moved = try state.pressing("l k h j")
    #expect(moved.map.dots?.plot == state.map.dots?.plot)
    #expect(try state.pressing("+ +").map.dots?.members.count == state.map.dots?.members.count)
  }

  @Test func aClickSelectsTheNearest() throws {
    let state = try Fixture.state().pressing("M l l")
    let lines = state.screenText.split(separator: "\n", omittingEmptySubsequences: false)
    let y = try #require(lines.firstIndex { $0.contains("◆") })
    let x = try #require(lines[y].firstIndex(of: "◆"))
    let place = Spot(x: lines[y].distance(from: lines[y].startIndex, to: x), y: y)
    var other = try state.pressing("g")
    Screens.entry(.map).click(&other, Region(x: 0, y: 0, width: 120, height: 36), place)
    let dot = { (state: State) in
      let scores = state.subject.scores
      let cluster = state.cursor ?? 0
      return (scores.dInter[cluster], scores.dIntra[cluster])
    }
    #expect(abs(dot(other).0 - dot(state).0) < 0.02 && abs(dot(other).1 - dot(state).1) < 0.02)
  }
}
