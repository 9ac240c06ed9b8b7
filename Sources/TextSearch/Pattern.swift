// What a filter looks for in names: a word or a regular expression, without regard to case, in time
// that grows with the text alone.

/// A word or a regular expression, ready to be looked for.
package struct Pattern: Sendable, Equatable {
  private let program: PatternProgram

  /// A regular expression.
  /// - Throws: what is wrong with it.
  package init(parsing text: String) throws(PatternError) {
    program = try PatternProgram(PatternParser.parse(text))
  }

  /// A text that stands for itself.
  /// - Throws: when it is thousands of characters long.
  package init(literal text: String) throws(PatternError) {
    program = try PatternProgram(.sequence(text.unicodeScalars.map(PatternParser.literal)))
  }

  /// Calls `found` with the number of each text, all in lower case, that it occurs in.
  ///
  /// Text j is `bytes[bounds[j] ..< bounds[j + 1]]`.
  /// - Returns: false when it was given up, because the pattern is too complex.
  /// - Complexity: O(bytes), some nanoseconds each.
  package func occurrences(
    in bytes: [UInt8], _ bounds: [UInt32], found: (Int) -> Void
  ) -> Bool {
    var automaton = PatternAutomaton(program)
    for text in 0..<max(0, bounds.count - 1) {
      let range = Int(bounds[text])..<Int(bounds[text + 1])
      guard let occurs = automaton.occurs(in: bytes, range) else { return false }
      if occurs { found(text) }
    }
    return true
  }
}
