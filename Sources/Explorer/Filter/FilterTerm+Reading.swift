// How the text of a filter falls into terms, and what a term means. Blanks part terms, but not
// inside quotes and not inside a pattern. A quote or pattern that is not closed yet, while it is
// being typed, goes on to the end of the text.

import TextSearch

/// A term as it was typed.
struct FilterWord: Equatable {
  enum Kind: Equatable {
    case bare, quoted, pattern
  }
  var source = ""
  var isNegated = false
  var kind = Kind.bare
  /// Without sign, quotes and slashes.
  var text = ""

  static func split(_ text: String) -> [FilterWord] {
    var words: [FilterWord] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == " " {
        rest.removeFirst()
        continue
      }
      let begin = rest.startIndex
      var word = FilterWord()
      while rest.first == "!", rest.dropFirst().first != "=" {
        word.isNegated.toggle()
        rest.removeFirst()
      }
      switch rest.first {
      case "\"":
        rest.removeFirst()
        word.kind = .quoted
        word.text = take(&rest, upTo: "\"")
      case "/":
        rest.removeFirst()
        word.kind = .pattern
        word.text = take(&rest, upTo: "/")
      default:
        word.text = String(rest.prefix { $0 != " " })
        rest = rest.dropFirst(word.text.count)
      }
      word.source = String(text[begin..<rest.startIndex])
      // A sign alone asks for nothing yet.
      if !word.text.isEmpty { words.append(word) }
    }
    return words
  }

  /// Takes what stands before `end`, and `end` itself; a backslash before it makes it plain.
  private static func take(_ rest: inout Substring, upTo end: Character) -> String {
    var text = ""
    while let character = rest.popFirst(), character != end {
      guard character == "\\", let next = rest.first else {
        text.append(character)
        continue
      }
      rest.removeFirst()
      if next != end { text.append(character) }
      text.append(next)
    }
    return text
  }
}

extension FilterTerm {
  init(_ word: FilterWord, _ subject: Subject) throws(FilterError) {
    source = word.source
    isNegated = word.isNegated
    if word.kind == .bare {
      if let compare = try FilterTerm.comparison(word.text, subject) {
        test = compare
        return
      }
      if let status = Status(rawValue: word.text) {
        test = .status(status)
        return
      }
    }
    do throws(PatternError) {
      test =
        switch word.kind {
        case .pattern: .name(try Pattern(parsing: word.text), digits: nil)
        case .quoted: .name(try Pattern(literal: word.text), digits: nil)
        case .bare: .name(try Pattern(literal: word.text), digits: Digits(word.text))
        }
    } catch { throw FilterError(text: "\(word.source): \(error.text)") }
  }

  /// A comparison; nil for a word without a sign of one.
  private static func comparison(
    _ text: String, _ subject: Subject
  ) throws(FilterError) -> Test? {
    guard let begin = text.firstIndex(where: { "<>=!≤≥≠".contains($0) }) else { return nil }
    let signs: [(String, Comparison)] = [
      ("<=", .atMost), (">=", .atLeast), ("!=", .not), ("==", .equal), ("≤", .atMost),
      ("≥", .atLeast), ("≠", .not), ("<", .below), (">", .above), ("=", .equal),
    ]
    guard let (sign, comparison) = signs.first(where: { text[begin...].hasPrefix($0.0) }) else {
      return nil
    }
    let name = String(text[..<begin])
    let value = String(text[begin...].dropFirst(sign.count))
    guard let column = subject.column(named: name) else {
      throw FilterError(
        text: "no column \"\(name)\": \(subject.comparableNames.joined(separator: " ")); quote it "
          + "to search for the word")
    }
    switch column {
    case .concept: throw FilterError(text: "concept is a name: type words from it, or /pattern/")
    case .override:
      throw FilterError(text: "override is not a number: type overridden, dropped or noted")
    default: break
    }
    guard let bound = FilterNumber.value(value) else {
      throw FilterError(
        text: "\(name)\(sign) needs a number (1e5, 10k, .2, 10%)"
          + (value.isEmpty ? "" : ", found \"\(value)\""))
    }
    return .compare(column, comparison, bound)
  }
}

/// Numbers as people type them.
package enum FilterNumber {
  /// `1e5`, `12,000`, `10k`, `.2`, `-3`, `10%`; nil for any other text.
  package static func value(_ text: String) -> Double? {
    var body = text.filter { $0 != "," && $0 != "_" }
    let factor = unit(body.last)
    let divisor = body.last == "%" ? 100.0 : 1
    if factor != nil || divisor != 1 { body.removeLast() }
    // `Double` also reads hexadecimal digits and names.
    guard body.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let number = Double(body), number.isFinite
    else { return nil }
    return number * Double(factor ?? 1) / divisor
  }
}
