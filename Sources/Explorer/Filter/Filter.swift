// A filter as typed: terms that all have to hold. Words and patterns look at the name, comparisons
// at the columns, and a few words at what was decided.

import TextSearch

/// A filter over the concepts.
package struct Filter: Sendable, Equatable {
  /// What was typed.
  package let text: String
  package let terms: [FilterTerm]

  /// The filter that every concept passes.
  package static let none = Filter(text: "", terms: [])

  /// Whether every concept passes.
  package var isEmpty: Bool { terms.isEmpty }
}

extension Filter {
  /// Reads a filter; a text of blanks is no filter.
  ///
  /// - Throws: ``FilterError`` naming the term that cannot be read and what is expected.
  package init(parsing text: String, _ subject: Subject) throws(FilterError) {
    var terms: [FilterTerm] = []
    for word in FilterWord.split(text) { terms.append(try FilterTerm(word, subject)) }
    self.init(text: terms.isEmpty ? "" : text, terms: terms)
  }
}

/// Why a filter cannot be read: a line for the prompt.
package struct FilterError: Error, Equatable {
  package let text: String
}

/// One term of a filter.
package struct FilterTerm: Sendable, Equatable {
  enum Test: Sendable, Equatable {
    /// In the name, or in the number where it is all digits.
    case name(Pattern, digits: Digits?)
    case compare(Column, Comparison, Double)
    case status(Status)
  }

  /// Digits to be found in numbers.
  struct Digits: Sendable, Equatable {
    private let value: Int
    /// 10 to the number of digits.
    private let modulus: Int

    /// Nil for a text of other characters, or of more digits than a number has.
    init?(_ text: String) {
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.utf8.count <= 18,
        let value = Int(text)
      else { return nil }
      self.value = value
      modulus = text.utf8.reduce(1) { power, _ in power * 10 }
    }

    func occur(in number: Int) -> Bool {
      var rest = number
      repeat {
        if rest % modulus == value, modulus == 10 || rest >= modulus / 10 { return true }
        rest /= 10
      } while rest > 0
      return false
    }
  }

  /// What a comparison asks; nothing holds for a value that is missing.
  enum Comparison: Sendable {
    case atMost, atLeast, not, below, above, equal

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .not: value < bound || value > bound
      case .below: value < bound
      case .above: value > bound
      case .equal: value == bound
      }
    }
  }

  /// Words that ask for what is known of a concept.
  enum Status: String, CaseIterable, Sendable {
    case marked, saturated, changed, dropped, overridden, noted, empty
  }

  /// As typed: two terms of one text are equal in all.
  let source: String
  let test: Test
  let isNegated: Bool

  /// What may change while the filter stays, so that the term has to be looked at again.
  enum Dependence: Sendable {
    case nothing, plan, marks, names
  }

  var dependence: Dependence {
    switch test {
    case .name: .names
    case .compare(let column, _, _): column.followsPlan ? .plan : .nothing
    case .status(.marked): .marks
    case .status(.empty): .nothing
    case .status: .plan
    }
  }
}
