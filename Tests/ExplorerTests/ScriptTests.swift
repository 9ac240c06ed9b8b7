// Scripts: the notation, and the runner that never waits.

import Canvas
import Explorer
import Testing

@Suite struct ScriptTests {
  @Test func stepsAreRead() throws {
    let script = try Script(
      parsing: """
        # a comment
        j  Enter Ctrl-R

        :type 27.7 %
        :save-screen a b.txt\r
        :resize 80x24
        : ?
        """)
    let expected: [Script.Step] = [
      .key("j"), .key(.enter), .key(.control("r")), .type("27.7 %"),
      .saveScreen(path: "a b.txt"), .resize(Size(width: 80, height: 24)), .key(":"), .key("?"),
    ]
    #expect(script.steps.map(\.step) == expected)
    #expect(script.steps.map(\.line) == [2, 2, 2, 4, 5, 6, 7, 7])
  }

  @Test func mistakesNameTheirLine() {
    for (text, line, words) in [
      ("j\nenter", 2, "enter"), (":save-screen", 1, "a file name"),
      (":resize 0x4", 1, "80x24"), ("j\n\n:sleep 5", 3, ":sleep"), ("\u{1B}[A", 1, "␛[A"),
    ] {
      do {
        _ = try Script(parsing: text)
        Issue.record("accepted: \(text)")
      } catch {
        #expect(error.line == line)
        #expect(error.description.contains("line \(line)"))
        #expect(error.text.contains(words), "\(error.text)")
      }
    }
  }

  @Test func screensAreSavedInBothForms() throws {
    var saved: [String: String] = [:]
    let end = try ScriptRunner(performer: InstantWork()).run(
      Script(parsing: ":save-screen a.txt\n+\n:save-screen b.cells\nq y\n+\n:save-screen c.txt"),
      from: try Fixture.state(), size: Size(width: 100, height: 30)
    ) { saved[$0] = $1 }
    #expect(end.isFinished)
    #expect(saved.keys.sorted() == ["a.txt", "b.cells"])
    #expect(saved["a.txt"]?.split(separator: "\n").count == 30)
    // Captions are there: the work was done before the picture was taken.
    #expect(saved["a.txt"]?.contains("wedding bride") == true)
    #expect(saved["b.cells"]?.hasPrefix("100x30\n00|") == true)
    #expect(saved["b.cells"]?.contains("accent bold") == true)
  }

  @Test func aScreenThatCannotBeSavedNamesItsLine() throws {
    struct Full: Error {}
    #expect(throws: ScriptError.self) {
      try ScriptRunner(performer: InstantWork()).run(
        Script(parsing: "j\n:save-screen x"), from: try Fixture.state(),
        size: Size(width: 80, height: 24)
      ) { _, _ in throw Full() }
    }
  }
}
