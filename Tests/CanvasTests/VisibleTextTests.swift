// Foreign text must not move the cursor, hide text or tear the columns.

import Canvas
import Testing

@Suite struct VisibleTextTests {
  @Test func plainTextStaysAsItIs() {
    #expect(visible("wedding · bride, naïve, русский") == "wedding · bride, naïve, русский")
    #expect(columns(of: "naïve") == 5)
  }

  @Test func controlBytesBecomePictures() {
    #expect(visible("a\u{1B}[31mb\tc\nd\u{7F}\0") == "a␛[31mb␉c␊d␡␀")
    #expect(visible("\r\n") == "␍␊")
    #expect(visible("\u{9B}31m") == "<9B>31m")
  }

  @Test func directionsAndSeparatorsBecomeCodePoints() {
    #expect(visible("a\u{202E}b") == "a<202E>b")
    #expect(visible("\u{2066}x\u{2069}\u{200F}\u{2028}") == "<2066>x<2069><200F><2028>")
    #expect(visible("\u{E0041}") == "<E0041>")
  }

  @Test func whatTerminalsDisagreeAboutIsLeftOut() {
    // A family of three joined by zero-width joiners, a heart with a selector, a skin tone.
    #expect(visible("👩\u{200D}👩\u{200D}👧") == "👩👩👧")
    #expect(columns(of: "👩\u{200D}👩\u{200D}👧") == 6)
    #expect(columns(of: "❤\u{FE0F}") == 1)
    #expect(columns(of: "👍\u{1F3FD}") == 2)
    #expect(visible("soft\u{AD}hyphen\u{FEFF}") == "softhyphen")
  }

  @Test func marksTakeNoColumns() {
    #expect(columns(of: "e\u{301}tude") == 5)
    #expect(visible("\u{301}x") == "\u{25CC}\u{301}x")
    // Thirty marks on one letter: four are enough.
    let zalgo = "a" + String(repeating: "\u{301}", count: 30)
    #expect(visible(zalgo).unicodeScalars.count == 5)
    #expect(columns(of: zalgo) == 1)
  }

  @Test func wideLettersTakeTwo() {
    #expect(columns(of: "花束") == 4)
    #expect(columns(of: "한국어") == 6)
    #expect(columns(of: "ｱ") == 1)
    #expect(columns(of: "😀") == 2)
  }

  @Test func fittingNeverExceedsTheWidth() {
    let samples = [
      "", "a", "wedding", "花束と花嫁", "a花b束c", "e\u{301}e\u{301}e\u{301}", "\u{1B}\u{1B}",
      "👩\u{200D}👩",
    ]
    for text in samples {
      for width in 0...12 {
        let cut = fit(text, width)
        #expect(columns(of: cut) <= width, "\(text) at \(width)")
        if columns(of: text) <= width { #expect(cut == visible(text)) }
        if columns(of: text) > width, width > 0 { #expect(cut.last == "…") }
      }
    }
    #expect(fit("花束", 3) == "花…")
    #expect(fit("花束", 2) == "…")
  }

  @Test func wrappingKeepsTheWords() {
    #expect(wrap("the last feasible plan stays", 10) == ["the last", "feasible", "plan stays"])
    #expect(wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"])
    #expect(wrap("花束花束", 3) == ["花", "束", "花", "束"])
    #expect(wrap("", 5) == [""])
    #expect(wrap("a\nb", 5) == ["a", "b"])
    for width in 1...20 {
      for line in wrap("target 2 is outside 199...48,864,336: 花束 naïve", width) {
        #expect(columns(of: line) <= max(2, width))
      }
    }
  }
}
