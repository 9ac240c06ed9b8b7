// Running a pattern: a deterministic automaton that is made while it runs, a state when it is first
// reached (as in grep and RE2). Each byte of a text costs one look-up, whatever the pattern, so that
// no pattern that a person types can hold up the explorer.
//
// A state is a set of steps together with what the byte before was; assertions are decided when the
// next byte is known.

/// A pattern at work over many texts.
struct PatternAutomaton {
  private enum Before: Int32 {
    case start = -1
    case word = -2
    case other = -3
  }

  private static let unknown: Int32 = -1
  private static let found: Int32 = -2
  /// The symbol after the last byte of a text.
  private static let end = 256
  private static let symbols = 257
  /// States that are kept; then all are forgotten.
  private static let mostStates = 1_000
  /// Steps looked at while making states, in all; a pattern that needs more is refused.
  private static let mostEffort = 20_000_000

  private let program: PatternProgram
  private var table: [Int32] = []
  private var states: [[Int32]] = []
  private var numbers: [[Int32]: Int32] = [:]
  private var effort = 0
  // Room for `closure`, kept between calls.
  private var seen: [UInt32]
  private var round: UInt32 = 0

  init(_ program: PatternProgram) {
    self.program = program
    seen = [UInt32](repeating: 0, count: program.steps.count)
    forget()
  }

  private mutating func forget() {
    table.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    _ = number([program.start], .start)
  }

  /// Whether the pattern occurs in a text; nil when it is too complex to say.
  /// - Complexity: O(bytes), beside what making states takes.
  mutating func occurs(in bytes: [UInt8], _ range: Range<Int>) -> Bool? {
    var state: Int32 = 0
    for place in range {
      let cell = Int(state) * Self.symbols + Int(bytes[place])
      var next = table[cell]
      if next == Self.unknown {
        guard let made = make(state, Int(bytes[place])) else { return nil }
        next = made
      }
      if next == Self.found { return true }
      state = next
    }
    var last = table[Int(state) * Self.symbols + Self.end]
    if last == Self.unknown {
      guard let made = make(state, Self.end) else { return nil }
      last = made
    }
    return last == Self.found
  }

  private static func isWord(_ symbol: Int) -> Bool {
    symbol != end
      && (symbol >= 0x80 || symbol == 0x5F || (0x30...0x39).contains(symbol)
        || (0x61...0x7A).contains(symbol) || (0x41...0x5A).contains(symbol))
  }

  /// The state after `symbol`, made and noted.
  private mutating func make(_ state: Int32, _ symbol: Int) -> Int32? {
    guard effort < Self.mostEffort else { return nil }
    let here = states[Int(state)]
    let before = Before(rawValue: here[0]) ?? .other
    let next = closure(Array(here.dropFirst()), before, symbol)
    var made = next == nil ? Self.found : 0
    if let next, symbol != Self.end {
      let isFull = states.count >= Self.mostStates
      if isFull { forget() }
      made = number(next, Self.isWord(symbol) ? .word : .other)
      // The state under way is made anew with the next look-up.
      if isFull { return made }
    }
    table[Int(state) * Self.symbols + symbol] = made
    return made
  }

  /// The number of a state, a new one if need be.
  private mutating func number(_ steps: [Int32], _ before: Before) -> Int32 {
    let key = [before.rawValue] + steps
    if let known = numbers[key] { return known }
    let made = Int32(states.count)
    states.append(key)
    numbers[key] = made
    table.append(contentsOf: repeatElement(Self.unknown, count: Self.symbols))
    return made
  }

  /// The steps after `symbol`, ascending; nil when a match ends before it.
  private mutating func closure(
    _ from: [Int32], _ before: Before, _ symbol: Int
  ) -> [Int32]? {
    round += 1
    var next: Set<Int32> = [program.start]  // a match may begin anywhere
    var open = from
    while let step = open.popLast() {
      guard seen[Int(step)] != round else { continue }
      seen[Int(step)] = round
      effort += 1
      switch program.steps[Int(step)] {
      case .match: return nil
      case .nothing: break
      case .both(let a, let b): open += [a, b]
      case .byte(let low, let high, let after):
        if symbol >= Int(low), symbol <= Int(high) { next.insert(after) }
      case .anchor(let anchor, let after):
        let isEdge = (before == .word) != Self.isWord(symbol)
        let holds: Bool =
          switch anchor {
          case .start: before == .start
          case .end: symbol == Self.end
          case .wordEdge: isEdge
          case .noWordEdge: !isEdge
          }
        if holds { open.append(after) }
      }
    }
    return next.sorted()
  }
}
