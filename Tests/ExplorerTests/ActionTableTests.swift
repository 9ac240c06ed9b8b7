// The action table is the only place where keys are named; these tests keep it whole.

import Canvas
import Explorer
import Foundation
import Testing

@Suite struct ActionTableTests {
  @Test func everyActionHasANameKeysAndHelp() {
    var seen: Set<String> = []
    for action in Actions.all {
      #expect(!action.keys.isEmpty, "\(action.id) has no key")
      #expect(!action.contexts.isEmpty, "\(action.id) can be done nowhere")
      #expect(!action.label.isEmpty, "\(action.id) has no label")
      #expect(!action.help.isEmpty, "\(action.id) has no help line")
      #expect(action.help.last != ".", "\(action.id): a help line is not a sentence")
      // Two columns of help stand beside each other at 120 columns.
      #expect(columns(of: action.help) <= 42, "\(action.id): too long for the help")
      #expect(seen.insert(action.id).inserted, "\(action.id) is there twice")
    }
  }

  @Test func noKeyMeansTwoThings() {
    for context in Context.allCases {
      var taken: [KeyPress: String] = [:]
      for action in Actions.all where action.contexts.contains(context) {
        for key in action.keys {
          #expect(
            taken[key] == nil, "\(key.text) in \(context): \(taken[key] ?? "") and \(action.id)")
          taken[key] = action.id
          #expect(Actions.action(for: key, in: context)?.id == action.id)
        }
      }
    }
  }

  @Test func theKeysOfTheDesignAreThere() {
    let keys = [
      "+", "-", "]", "[", "}", "{", "n", "t", "T", "S", "o", "s", "d", "a", "x", "u", "Ctrl-R",
      "b", "c", "?", "q", "Up", "Down", "h", "j", "k", "l", "PageUp", "PageDown", "Home", "End",
      "g", "G", "Ctrl-C",
    ]
    for text in keys {
      let key = KeyPress(parsing: text)
      #expect(key != nil)
      #expect(key.flatMap { Actions.action(for: $0, in: .concepts) } != nil, "\(text) does nothing")
    }
  }

  @Test func theKeyBarNamesKeysThatExist() throws {
    for action in Actions.all where action.barRank != nil {
      guard let shown = action.barKeys else { continue }
      for word in shown.split(separator: " ") {
        let hit = Actions.all.contains {
          !$0.contexts.isDisjoint(with: action.contexts) && $0.keys.contains { $0.sign == word }
        }
        #expect(hit, "\(action.id) shows \(word)")
      }
    }
  }

  @Test func keysAreReadAsTheyAreWritten() {
    for action in Actions.all {
      for key in action.keys { #expect(KeyPress(parsing: key.text) == key) }
    }
    for wrong in ["", "enter", "Ctrl-", "Ctrl-RR", "F0", "F13", "Foo", "jj"] {
      #expect(KeyPress(parsing: wrong) == nil, "\(wrong)")
    }
  }

  @Test func thePageOfKeysIsUpToDate() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/keys.md").standardized
    if ProcessInfo.processInfo.environment["WINNOW_WRITE_GOLDEN"] == "1" {
      try Data(keysDocument().utf8).write(to: page)
    }
    let written = try String(contentsOf: page, encoding: .utf8)
    #expect(
      written == keysDocument(),
      "docs/keys.md differs from the action table; WINNOW_WRITE_GOLDEN=1 writes it anew")
    for action in Actions.all { #expect(written.contains("| \(action.help) |"), "\(action.id)") }
  }

  @Test func theHelpShowsEveryAction() throws {
    var state = try Fixture.state().pressing("?")
    var seen = ""
    for _ in 0..<90 {
      seen += state.screenText
      state = try state.pressing("Down")
    }
    for action in Actions.all { #expect(seen.contains(action.help), "\(action.id)") }
  }

  @Test func everyScreenHasAKeyAndAGoldenCase() throws {
    #expect(Set(Screens.all.map(\.context)).count == Screens.all.count)
    #expect(Set(Screens.all.map(\.key)).count == Screens.all.count)
    for screen in Screens.all {
      #expect(Actions.action(for: screen.key, in: .concepts)?.id == "screen.\(screen.context)")
      #expect(!screen.title.isEmpty && !screen.golden.isEmpty)
      #expect(screen.smallest.width <= 60 && screen.smallest.height <= 16)
      #expect(try Fixture.state().pressing(screen.key.text).screen == screen.context)
    }
    #expect(try Fixture.state().pressing("Ctrl-L").redraws == 1)
  }

  @Test func aDisabledActionSaysWhy() throws {
    let state = try Fixture.state()
    for (keys, words) in [
      ("u", "nothing to undo"), ("Ctrl-R", "nothing to redo"), ("x", "no override"),
      ("S Down Enter t", "does not use τ"), ("Ctrl-C", "nothing is under way"),
      ("z", "? shows all keys"),
    ] {
      let after = try state.pressing(keys)
      #expect(after.message?.isWarning == true || keys == "Ctrl-C", "\(keys)")
      #expect(after.message?.text.contains(words) == true, "\(keys): \(after.message?.text ?? "")")
    }
  }
}
