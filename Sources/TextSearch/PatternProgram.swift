// A regular expression as a nondeterministic automaton over bytes (Thompson 1968): characters
// become the sequences of bytes that UTF-8 writes them with, so that matching never decodes.

struct PatternProgram: Sendable, Equatable {
  enum Step: Sendable, Equatable {
    /// Takes a byte of this range, and goes on at `next`.
    case byte(UInt8, UInt8, next: Int32)
    /// Goes on at both.
    case both(Int32, Int32)
    /// Goes on where this is true of the place.
    case anchor(PatternTree.Anchor, next: Int32)
    case match
    /// Never goes on: a class of no character.
    case nothing
  }

  private(set) var steps: [Step] = [.match]
  private(set) var start: Int32 = 0
  /// More steps than any pattern has that a person types.
  private static let most = 10_000

  init(_ tree: PatternTree) throws(PatternError) {
    start = try build(tree, next: 0)
  }

  private mutating func add(_ step: Step) throws(PatternError) -> Int32 {
    guard steps.count < Self.most else { throw PatternError(text: "a pattern this large") }
    steps.append(step)
    return Int32(steps.count - 1)
  }

  /// Adds the steps of `tree`, which go on at `next`; returns where they begin.
  private mutating func build(
    _ tree: PatternTree, next: Int32
  ) throws(PatternError) -> Int32 {
    switch tree {
    case .one(let set):
      var entry: Int32?
      for range in set {
        for bytes in Self.sequences(range) {
          var start = next
          for (low, high) in bytes.reversed() {
            start = try add(.byte(low, high, next: start))
          }
          if let other = entry { start = try add(.both(start, other)) }
          entry = start
        }
      }
      if let entry { return entry }
      return try add(.nothing)
    case .sequence(let parts):
      var entry = next
      for part in parts.reversed() { entry = try build(part, next: entry) }
      return entry
    case .either(let branches):
      var entry = try build(branches[0], next: next)
      for branch in branches.dropFirst() {
        entry = try add(.both(entry, try build(branch, next: next)))
      }
      return entry
    case .anchor(let anchor): return try add(.anchor(anchor, next: next))
    case .times(let part, let least, let most):
      var entry = next
      if let most {
        for _ in 0..<(most - least) {
          entry = try add(.both(try build(part, next: entry), next))
        }
      } else {
        entry = try add(.both(next, next))
        let body = try build(part, next: entry)
        steps[Int(entry)] = .both(body, next)
      }
      for _ in 0..<least { entry = try build(part, next: entry) }
      return entry
    }
  }

  /// The sequences of byte ranges with which UTF-8 writes the code points of a range.
  static func sequences(_ range: ClosedRange<UInt32>) -> [[(UInt8, UInt8)]] {
    var found: [[(UInt8, UInt8)]] = []
    // Each length of encoding by itself, and no surrogates, which UTF-8 does not have.
    for whole in [
      0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
    ] as [ClosedRange<UInt32>] where whole.overlaps(range) {
      let part = whole.clamped(to: range)
      split(encode(part.lowerBound), encode(part.upperBound), into: &found)
    }
    return found
  }

  private static func encode(_ value: UInt32) -> [UInt8] {
    guard let scalar = Unicode.Scalar(value) else { preconditionFailure("a surrogate") }
    return Array(UTF8.encode(scalar)!)
  }

  /// Ranges of bytes between two encodings of one length: where the first bytes differ, the
  /// sequences under the lowest, those under the highest, and all in between.
  private static func split(
    _ low: [UInt8], _ high: [UInt8], into found: inout [[(UInt8, UInt8)]]
  ) {
    func add(_ first: (UInt8, UInt8), _ low: [UInt8], _ high: [UInt8]) {
      var rest: [[(UInt8, UInt8)]] = []
      split(low, high, into: &rest)
      for tail in rest { found.append([first] + tail) }
    }
    guard let a = low.first, let b = high.first else {
      found.append([])
      return
    }
    let (lowTail, highTail) = (Array(low.dropFirst()), Array(high.dropFirst()))
    let least = lowTail.map { _ in UInt8(0x80) }
    let most = lowTail.map { _ in UInt8(0xBF) }
    if a == b {
      add((a, a), lowTail, highTail)
      return
    }
    var (from, to) = (a, b)
    if lowTail != least {
      add((a, a), lowTail, most)
      from += 1
    }
    if highTail != most {
      add((b, b), least, highTail)
      to -= 1
    }
    if from <= to { add((from, to), least, most) }
  }
}
