// Patterns: the automaton over bytes against the language's own regular expressions, which do it by
// going back; and that no pattern takes long.

import Pruning
import Testing
import TextSearch

@Suite struct PatternTests {
  private static let texts = [
    "", "a", "b", "ab", "abc", "cab", "aab b", "wedding · bride", "oil on canvas", "naïve café",
    "花束と花嫁", "smile 😀", "русский текст", "ább", "tab\tand\nline", "x_1 y2", "[a] (b)",
    "aaaa", "baba", "foo-bar", "100 % \\ yes", "straße",
  ]

  /// The texts in which a pattern occurs, by number.
  private func found(_ pattern: Pattern, _ texts: [String] = texts) -> [Int]? {
    let bytes = texts.flatMap { Array($0.utf8) }
    var bounds: [UInt32] = [0]
    for text in texts { bounds.append(bounds.last! + UInt32(text.utf8.count)) }
    var result: [Int] = []
    guard pattern.occurrences(in: bytes, bounds, found: { result.append($0) }) else { return nil }
    return result
  }

  @Test func patternsAreFoundAsBySwift() throws {
    let patterns = [
      "a", "ab", "^a", "a$", "^$", "a|b", "^(a|b)+$", "a*b", "a+b", "ca?b", "a{2}", "^a{2,3}$",
      "a{2,}", "[abc]b", "[^a]b", "[a-c]{3}", "\\d", "\\w\\d", "\\s", "\\S\\s\\S", "\\bb", "b\\b",
      "\\Ba",
      "ï", "[à-ï]", "花.", "^.{5}$", ".·.", "[^ -~]", "😀", "[😀-😂]", "т+", "(a(b(c)?)?)+$",
      "(?:oil|on) c", "\\[a\\]", "\\(b", "x_", "[_\\d]1", "a{,2}", "a{x", "[]a]", "[a\\-]", "[b-]a",
      "100 %", "\\\\", "()", "(|a)b", "a||b", "ß", "\\t", "\\n", "\\D\\D", "\\W", "^\\W",
    ]
    for text in patterns {
      let pattern = try Pattern(parsing: text)
      // By code points, as bytes know no characters; and what is plain here has to be marked there.
      let marked = text.replacing("{,2}", with: "\\{,2}").replacing("{x", with: "\\{x")
        .replacing("[]a]", with: "[\\]a]").replacing("[b-]", with: "[b\\-]")
      let slow = try Regex(marked).wordBoundaryKind(.simple)
        .matchingSemantics(.unicodeScalar).dotMatchesNewlines()
        .asciiOnlyWhitespace().asciiOnlyDigits()
      let expected = try Self.texts.indices.filter { index in
        try slow.firstMatch(in: Self.texts[index]) != nil
      }
      #expect(found(pattern) == expected, "\(text)")
    }
  }

  @Test func randomPatternsAreFoundAsBySwift() throws {
    for seed in 0..<400 {
      var draw: UInt64 = 0
      func random(_ bound: Int) -> Int {
        draw += 1
        return Int(splitmix64(seed: UInt64(seed) &+ 77, row: draw) % UInt64(bound))
      }
      func pattern(_ depth: Int) -> String {
        switch depth == 0 ? random(4) : random(9) {
        case 0: return "a"
        case 1: return "b"
        case 2: return ["é", "[ab]", "[^a]", "."][random(4)]
        case 3: return ["\\b", "^", "$", "c"][random(4)]
        case 4, 5: return pattern(depth - 1) + pattern(depth - 1)
        case 6: return "(" + pattern(depth - 1) + "|" + pattern(depth - 1) + ")"
        default:
          // A repeated place is an error elsewhere, and asks nothing.
          return "(" + pattern(depth - 1) + "c)" + ["*", "+", "?", "{2}"][random(4)]
        }
      }
      let text = pattern(3)
      let texts = (0..<40).map { _ in
        (0..<random(9)).map { _ in ["a", "b", "c", "é", " "][random(5)] }.joined()
      }
      let slow = try Regex(text).matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple)
      let expected = try texts.indices.filter { try slow.firstMatch(in: texts[$0]) != nil }
      #expect(found(try Pattern(parsing: text), texts) == expected, "\(text)")
    }
  }

  @Test func capitalsInAPatternAreNoDifferent() throws {
    for text in ["ABC", "[A-C]BC", "NAÏVE", "[Ï]VE", "РУС", "WEDDING · BRIDE"] {
      #expect(try found(Pattern(parsing: text)) == found(Pattern(parsing: text.lowercased())))
    }
    #expect(try found(Pattern(literal: "NAÏVE")) == [9])
    #expect(try found(Pattern(literal: "[a] (")) == [16])
    #expect(try found(Pattern(literal: ".*")) == [])
  }

  @Test func whatIsWrongIsSaid() {
    for (text, words) in [
      ("(a", "( without"), ("a)", ") without"), ("[a", "[ without"), ("*a", "nothing before *"),
      ("a|+", "nothing before +"), ("a\\", "nothing after"), ("\\q", "not supported"),
      ("(?i)a", "(?"),
      ("[b-a]", "wrong way"), ("a{3,2}", "wrong way"), ("a{2000}", "1,000"),
      ("(a{1000}){1000}", "this large"),
      (String(repeating: "(", count: 60), "nested more than 50 deep"),
    ] {
      do {
        _ = try Pattern(parsing: text)
        Issue.record("\(text) was taken")
      } catch { #expect(error.text.contains(words), "\(text): \(error)") }
    }
  }

  @Test func noPatternTakesLong() throws {
    let text = String(repeating: "ab", count: 3_000)
    let texts = Array(repeating: text, count: 20)
    // These take others years, or a gigabyte.
    #expect(try found(Pattern(parsing: "(a*)*c"), texts) == [])
    #expect(try found(Pattern(parsing: "(a|b|ab)*c"), texts) == [])
    #expect(try found(Pattern(parsing: "(.*)(.*)(.*)(.*)c"), texts) == [])
    // 2^20 states: refused, or found with those that are met.
    let hard = try Pattern(parsing: "a(a|b){400}c")
    #expect([nil, []].contains(found(hard, texts)))
  }
}
