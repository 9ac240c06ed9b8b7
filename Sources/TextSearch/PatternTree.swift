// A regular expression as a tree, and the parser that makes it. What everybody knows of regular
// expressions: literals, `.`, classes, `\d \w \s \b`, groups, `|`, `* + ? {m,n}`, `^` and `$`.
// Upper and lower case are the same, because the texts that it runs over are in lower case.

/// A part of a regular expression.
indirect enum PatternTree: Sendable, Equatable {
  /// One character of these code points.
  case one([ClosedRange<UInt32>])
  case sequence([PatternTree])
  case either([PatternTree])
  /// The part `least` times or more, at most `most` times.
  case times(PatternTree, least: Int, most: Int?)
  case anchor(Anchor)

  /// Something that is true of a place between two characters.
  enum Anchor: Sendable {
    case start, end, wordEdge, noWordEdge
  }
}

/// What is wrong with a regular expression, in a few words.
package struct PatternError: Error, Equatable {
  package let text: String
}

struct PatternParser {
  private var rest: ArraySlice<Unicode.Scalar>
  private var depth = 0
  private static let everything: [ClosedRange<UInt32>] = [0...0x10FFFF]
  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  /// Every character outside ASCII counts as part of a word.
  private static let word: [ClosedRange<UInt32>] = [
    0x30...0x39, 0x5F...0x5F, 0x61...0x7A, 0x80...0x10FFFF,
  ]
  private static let blank: [ClosedRange<UInt32>] = [9...13, 0x20...0x20]

  static func parse(_ text: String) throws(PatternError) -> PatternTree {
    var parser = PatternParser(rest: Array(text.unicodeScalars)[...])
    let tree = try parser.either()
    guard parser.rest.isEmpty else { throw PatternError(text: "a ) without its (") }
    return tree
  }

  private init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func either() throws(PatternError) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 50 else { throw PatternError(text: "groups nested more than 50 deep") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .either(branches)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let next = rest.first, next != "|", next != ")" {
      let part = try atom()
      parts.append(try repeated(part))
    }
    return .sequence(parts)
  }

  private mutating func repeated(_ part: PatternTree) throws(PatternError) -> PatternTree {
    var tree = part
    while let sign = rest.first {
      let bounds: (least: Int, most: Int?)
      switch sign {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counts = counts() else { return tree }
        bounds = counts
      default: return tree
      }
      if sign != "{" { rest.removeFirst() }
      guard bounds.least <= bounds.most ?? Int.max else {
        throw PatternError(text: "{\(bounds.least),\(bounds.most ?? 0)} is the wrong way round")
      }
      guard max(bounds.least, bounds.most ?? 0) <= 1_000 else {
        throw PatternError(text: "more than 1,000 repetitions")
      }
      tree = .times(tree, least: bounds.least, most: bounds.most)
    }
    return tree
  }

  /// `{2}`, `{2,}`, `{2,5}`; anything else after a brace leaves it a plain character.
  private mutating func counts() -> (Int, Int?)? {
    guard let close = rest.firstIndex(of: "}") else { return nil }
    var text = ""
    text.unicodeScalars.append(contentsOf: rest[(rest.startIndex + 1)..<close])
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let least = parts.first.flatMap({ Int($0) }), least >= 0, parts.count <= 2 else {
      return nil
    }
    let most: Int?
    if parts.count == 1 {
      most = least
    } else if parts[1].isEmpty {
      most = nil
    } else {
      guard let bound = Int(parts[1]), bound >= 0 else { return nil }
      most = bound
    }
    rest = rest[(close + 1)...]
    return (least, most)
  }

  private mutating func atom() throws(PatternError) -> PatternTree {
    let scalar = rest.removeFirst()
    switch scalar {
    case ".": return .one(Self.everything)
    case "^": return .anchor(.start)
    case "$": return .anchor(.end)
    case "[": return .one(try characterClass())
    case "\\": return try escape()
    case "(":
      if rest.starts(with: "?:".unicodeScalars) { rest = rest.dropFirst(2) }
      if rest.first == "?" { throw PatternError(text: "(? is not supported; use ( ) for groups") }
      let inner = try either()
      guard take(")") else { throw PatternError(text: "a ( without its )") }
      return inner
    case "*", "+", "?": throw PatternError(text: "nothing before \(scalar) to repeat")
    default: return Self.literal(scalar)
    }
  }

  /// A character as it stands in texts of lower case; some become two.
  static func literal(_ scalar: Unicode.Scalar) -> PatternTree {
    let lower = scalar.properties.lowercaseMapping.unicodeScalars
    let parts = lower.map { PatternTree.one([$0.value...$0.value]) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func escape() throws(PatternError) -> PatternTree {
    if take("b") { return .anchor(.wordEdge) }
    if take("B") { return .anchor(.noWordEdge) }
    if let set = try escapedSet() { return .one(set) }
    return Self.literal(rest.removeFirst())
  }

  /// `\d`, `\W` and so on; nil, and nothing taken, for a character that stands for itself.
  private mutating func escapedSet() throws(PatternError) -> [ClosedRange<UInt32>]? {
    guard let scalar = rest.first else { throw PatternError(text: "nothing after \\") }
    let set: [ClosedRange<UInt32>]
    switch scalar {
    case "d": set = Self.digits
    case "D": set = Self.without(Self.digits)
    case "w": set = Self.word
    // Texts have no capitals, so the complement need not leave them out.
    case "W": set = Self.without(Self.word)
    case "s": set = Self.blank
    case "S": set = Self.without(Self.blank)
    case "n": set = [0x0A...0x0A]
    case "t": set = [0x09...0x09]
    default:
      if scalar.isASCII, scalar.properties.isAlphabetic || Self.digits[0].contains(scalar.value) {
        throw PatternError(text: "\\\(scalar) is not supported; \\d \\w \\s \\b are")
      }
      return nil
    }
    rest.removeFirst()
    return set
  }

  /// What follows a `[`, up to its `]`.
  private mutating func characterClass() throws(PatternError) -> [ClosedRange<UInt32>] {
    let isNegated = take("^")
    var set: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let scalar = rest.first, isFirst || scalar != "]" {
      isFirst = false
      if scalar == "\\" {
        rest.removeFirst()
        if let more = try escapedSet() {
          set += more
          continue
        }
      }
      guard let low = rest.popFirst() else { break }
      var high = low
      if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
        rest = rest.dropFirst(2)
        high = end
        if end == "\\" {
          guard let escaped = rest.popFirst() else { break }
          high = escaped
        }
      }
      guard low <= high else {
        throw PatternError(text: "[\(low)-\(high)] is the wrong way round")
      }
      set += Self.folded(low, high)
    }
    guard take("]") else { throw PatternError(text: "a [ without its ]") }
    return isNegated ? Self.without(set) : set
  }

  /// A range with what its capitals are in lower case.
  private static func folded(
    _ low: Unicode.Scalar, _ high: Unicode.Scalar
  ) -> [ClosedRange<UInt32>] {
    var set = [low.value...high.value]
    let capitals = (0x41...0x5A as ClosedRange<UInt32>).clamped(to: low.value...high.value)
    if capitals.overlaps(low.value...high.value), capitals.overlaps(0x41...0x5A) {
      set.append(capitals.lowerBound + 32...capitals.upperBound + 32)
    }
    if low == high, !low.isASCII {
      let lower = low.properties.lowercaseMapping.unicodeScalars
      if lower.count == 1, let only = lower.first { set.append(only.value...only.value) }
    }
    return set
  }

  private static func without(_ set: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var rest: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in set.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { rest.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { rest.append(next...0x10FFFF) }
    return rest
  }
}
