// Marks, decisions about all of them, and notes.

import Explorer
import Pruning
import Testing

@Suite struct MarkTests {
  @Test func spaceMarksAndGoesOn() throws {
    let state = try Fixture.state().pressing("Space Space j Space")
    let order = state.table.order
    #expect(Set(state.marks) == [order[0], order[1], order[3]])
    #expect(state.cursor == order[4])
    #expect(state.screenText.contains("◆ 3 marked"))
    #expect(state.screenText.components("◆") == 4)
    let less = try state.pressing("g Space")
    #expect(Set(less.marks) == [order[1], order[3]])
    #expect(try less.pressing("U").marks.isEmpty)
    #expect(try Fixture.state().pressing("U").message?.isWarning == true)
  }

  @Test func allShownAndInverted() throws {
    let state = try Fixture.state().pressing("Space / o i l Enter")
    let oil = Set(state.table.order)
    let all = try state.pressing("*")
    #expect(Set(all.marks) == oil.union(state.marks))
    #expect(Set(try state.pressing("~").marks) == oil.symmetricDifference(state.marks))
    #expect(Set(try state.pressing("Escape * ~").marks).isEmpty)
    #expect(Set(try Fixture.state().pressing("~").marks).count == 200)
    // What the filter hides stays marked, and is counted.
    let hidden = Set(state.marks).subtracting(oil).count
    #expect(hidden == 1)
    #expect(all.screenText.contains("\(all.marks.count) marked, 1 not shown"))
  }

  @Test func decisionsAreAboutAllMarksInOneStep() throws {
    let marked = try Fixture.state().pressing("Space Space Space k k k")
    let concepts = Array(marked.marks)
    for (keys, action) in [
      ("d", Override.Action.drop), ("a", .keep(.one)),
      ("p 4 0 % Enter", .keep(ExactDecimal("0.4")!)),
      ("w 2 Enter", .weight(2)), ("p 3 Space r o w s Enter", .count(3)),
    ] {
      let state = try marked.pressing("j j j j j j \(keys)")
      #expect(state.plan.overrides.map(\.cluster) == concepts, "\(keys)")
      #expect(state.plan.overrides.allSatisfy { $0.action == action }, "\(keys)")
      let undone = try state.pressing("u")
      #expect(undone.plan == marked.plan, "\(keys)")
      #expect(undone.message?.text.contains("3 concepts") == true, "\(undone.message?.text ?? "")")
      #expect(try state.pressing("x").plan.overrides.isEmpty)
      #expect(try state.pressing("x u").plan == state.plan)
      #expect(try state.pressing(keys).message?.text.contains("already") == true, "\(keys)")
    }
    #expect(try marked.pressing("p").screenText.contains("pin 3 marked concepts"))
    #expect(try marked.pressing("w 1 Enter").plan == marked.plan)
  }

  @Test func aPinHasToFitEveryMark() throws {
    let state = try Fixture.state().pressing("* p 2 k Enter")
    #expect(state.context == .prompt && state.plan.overrides.isEmpty)
    #expect(state.message?.text.contains("of the 199 marked concepts have fewer") == true)
    // Concepts without rows have nothing to decide, and are left out.
    let dropped = try Fixture.state().pressing("* p 0 Enter")
    #expect(dropped.plan.overrides.isEmpty, "no concept is left for the target")
    let kept = try Fixture.state().pressing("* n 1 Enter a")
    #expect(kept.plan.overrides.count == 199)
    #expect(kept.plan.override(of: 17) == nil)
  }

  @Test func notesBelongToOverrides() throws {
    let state = try Fixture.state().pressing("d")
    let cluster = try #require(state.cursor)
    let noted = try state.pressing("N s p a m Space f a r m Enter")
    #expect(noted.plan.override(of: cluster)?.note == "spam farm")
    #expect(noted.plan.override(of: cluster)?.action == .drop)
    #expect(noted.screenText.contains("spam farm"))
    #expect(try noted.pressing("D").screenText.contains("spam farm"))
    #expect(try noted.pressing("u").plan == state.plan)
    #expect(try noted.pressing("u").message?.text.contains("note changed") == true)
    // It stays when the decision changes, and goes when the text does.
    #expect(try noted.pressing("a").plan.override(of: cluster)?.note == "spam farm")
    #expect(try noted.pressing("N Ctrl-U Enter").plan == state.plan)
    #expect(try noted.pressing("N Space Enter").plan.override(of: cluster)?.note == "spam farm")
    #expect(try noted.pressing("N").screenText.contains("spam farm"))
    #expect(try noted.pressing("/ n o t e d Enter").table.order == [cluster])
    let none = try Fixture.state().pressing("N")
    #expect(none.message?.text.contains("has no override") == true)
    #expect(none.context == .concepts)
  }

  @Test func aNoteGoesToAllMarksWithAnOverride() throws {
    let state = try Fixture.state().pressing("Space Space d j Space N x Enter")
    #expect(state.plan.overrides.map(\.note) == ["x", "x"])
    #expect(try state.pressing("u").plan.overrides.map(\.note) == [nil, nil])
  }
}

extension String {
  /// How often a sign is in it.
  fileprivate func components(_ sign: Character) -> Int { count { $0 == sign } }
}
