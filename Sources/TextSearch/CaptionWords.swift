// Words of a caption in any script, without a list of any language's words.
//
// A word is a run of letters, marks and digits; an apostrophe or a joiner stays where letters are on
// both sides.  Han characters and hiragana, which are written without blanks, are words of one
// character each, and two of them in a row make the term.  Emoji, punctuation and signs only
// separate.  A term is one word or two that nothing but blanks, hyphens or underscores separate.

/// The words of one text, in buffers that serve many texts.
package struct CaptionWords {
  /// Words beyond these are not looked at: what is longer is no caption but a page.
  package static let most = 64
  /// A longer word is an address or a code, and names nothing.
  private static let longest = 40

  private struct Word {
    /// Its lower-case bytes.
    var range: Range<Int>
    var hash: UInt64
    /// May be a term by itself.
    var isTerm: Bool
    /// A character of a script without blanks.
    var isCharacter: Bool
    /// Nothing that ends a phrase lies between the word before and this one.
    var follows: Bool
  }

  private var bytes: [UInt8] = []
  private var words: [Word] = []
  private var start = 0
  private var scalars = 0
  private var hasLetter = false
  /// An apostrophe or joiner that belongs to the word if a letter follows.
  private var pending: Unicode.Scalar?
  private var follows = false
  /// A gap lies between the last word and here.
  private var hasGap = false

  package init() {}

  /// Looks at another text.
  ///
  /// - Complexity: O(bytes) up to the last of the ``most`` words.
  package mutating func scan(_ text: String) {
    bytes.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    (start, scalars, hasLetter, pending, follows, hasGap) = (0, 0, false, nil, false, false)
    for scalar in text.unicodeScalars {
      switch Self.kind(scalar) {
      case .letter: append(scalar, isLetter: true)
      case .digit: append(scalar, isLetter: false)
      case .mark: if scalars > 0 { appendLowered(scalar) }
      case .joint:
        if scalars > 0 && pending == nil { pending = scalar } else { breakPhrase() }
      case .character(let isIdeograph):
        endWord()
        appendLowered(scalar)
        endWord(isTerm: isIdeograph, isCharacter: true)
      case .gap:
        endWord()
        hasGap = true
      case .nothing: break
      case .other: breakPhrase()
      }
      if words.count >= Self.most { return }
    }
    endWord()
  }

  private mutating func breakPhrase() {
    endWord()
    follows = false
  }

  private mutating func append(_ scalar: Unicode.Scalar, isLetter: Bool) {
    if let joint = pending {
      bytes.append(contentsOf: UTF8.encode(joint == "\u{2019}" ? "'" : joint)!)
      pending = nil
    }
    if isLetter { hasLetter = true }
    scalars += 1
    appendLowered(scalar)
  }

  private mutating func appendLowered(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      let byte = UInt8(scalar.value)
      bytes.append(65...90 ~= byte ? byte | 0x20 : byte)
    } else {
      bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
  }

  private mutating func endWord() {
    // Two letters at least: one alone is an initial, an article, or half of a contraction.
    if scalars > 0 { endWord(isTerm: hasLetter && scalars >= 2, isCharacter: false) }
  }

  private mutating func endWord(isTerm: Bool, isCharacter: Bool) {
    defer { (start, scalars, hasLetter, pending, hasGap) = (bytes.count, 0, false, nil, false) }
    guard scalars <= Self.longest else {
      follows = false
      return
    }
    let isAfterCharacter = words.last?.isCharacter ?? false
    words.append(
      Word(
        range: start..<bytes.count, hash: Self.hash(bytes[start...]), isTerm: isTerm,
        isCharacter: isCharacter,
        // Where blanks are unusual, one is as good as a full stop.
        follows: follows && !(hasGap && isCharacter && isAfterCharacter)))
    follows = true
  }

  /// Calls `body` with the hash and the place of every term, as often as it is there.
  ///
  /// A place is twice the number of the term's last word, and 1 more for a term of two words.
  package func forEachTerm(_ body: (_ hash: UInt64, _ place: Int) -> Void) {
    for (number, word) in words.enumerated() {
      if word.isTerm { body(word.hash, 2 * number) }
      guard word.follows, number > 0 else { continue }
      let before = words[number - 1]
      if before.isTerm || word.isTerm || (before.isCharacter && word.isCharacter) {
        body(Self.mix(before.hash &* 0x9E37_79B9_7F4A_7C15 &+ word.hash), 2 * number + 1)
      }
    }
  }

  /// The words of the term at `place`.
  package func term(at place: Int) -> CaptionTerm {
    let last = words[place / 2]
    if place % 2 == 0 { return CaptionTerm(words: [text(last)], isJoined: false) }
    let first = words[place / 2 - 1]
    return CaptionTerm(
      words: [text(first), text(last)], isJoined: first.isCharacter && last.isCharacter)
  }

  /// Every term of `text`, in its order.
  package static func terms(of text: String) -> [String] {
    var words = CaptionWords()
    words.scan(text)
    var terms: [String] = []
    words.forEachTerm { _, place in terms.append(words.term(at: place).text) }
    return terms
  }

  private func text(_ word: Word) -> String { String(decoding: bytes[word.range], as: UTF8.self) }

  /// FNV-1a over the bytes, then mixed: one pair among a million terms collides once in 2^24 data
  /// sets, and would add up their counts.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mix(value)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// One or two words, lower case.
package struct CaptionTerm: Equatable, Sendable {
  package let words: [String]
  /// Written without a blank between them.
  package let isJoined: Bool

  package init(words: [String], isJoined: Bool) {
    self.words = words
    self.isJoined = isJoined
  }

  package var text: String { words.joined(separator: isJoined ? "" : " ") }
}

extension CaptionWords {
  private enum Kind {
    case letter, digit, mark, joint, gap, nothing, other
    case character(isIdeograph: Bool)
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    switch scalar {
    case "a"..."z", "A"..."Z": return .letter
    case "0"..."9": return .digit
    case " ", "\t", "\n", "\r", "-", "_", "\u{2010}", "\u{2011}": return .gap
    case "'", "\u{2019}", "\u{200C}", "\u{200D}": return .joint
    case "\0"..."\u{7F}": return .other
    // Soft hyphens and variation selectors are how a text looks, not what it says.
    case "\u{AD}", "\u{FE00}"..."\u{FE0F}": return .nothing
    case "\u{3041}"..."\u{309F}": return .character(isIdeograph: false)
    default: break
    }
    let properties = scalar.properties
    if properties.isIdeographic { return .character(isIdeograph: true) }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
    case .decimalNumber: return .digit
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber:
      return .letter
    case .spaceSeparator: return .gap
    default: return .other
    }
  }
}
