// How the text of a filter falls into terms. Blanks part them, but not inside quotes and not inside
// a pattern. What is not closed yet, while it is being typed, goes on to the end.

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
