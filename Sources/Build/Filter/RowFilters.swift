import Pruning
import Workspace

/// What drops rows before anything is clustered, in the order in which it is asked; rows that cannot
/// be used go first.
public struct RowFilters: Sendable, Equatable, Codable {
  /// An SQL condition over the metadata columns of a row; rows for which it is false or NULL go.
  public var condition: String?
  /// A text file with a key a line; rows whose key it has not go.
  public var allow: String?
  /// The same; rows whose key it has go.
  public var deny: String?
  /// Rows of a smaller similarity, or none, go.
  public var similarityMinimum: SimilarityBound?
  /// Above 0, at most 1: this part of what is left stays, the best similarity first, ties the lower
  /// row, missing ones last.
  public var similarityTop: ExactDecimal?

  public init() {}

  /// Whether nothing is asked.
  public var isEmpty: Bool { self == RowFilters() }

  /// The lists that are given, `--allow` first.
  var lists: [KeyListFile] {
    [("--allow", allow), ("--deny", deny)].compactMap { flag, path in
      path.map { KeyListFile(flag: flag, path: $0) }
    }
  }
  var hasLists: Bool { allow != nil || deny != nil }
  var hasSimilarity: Bool { similarityMinimum != nil || similarityTop != nil }

  var fates: [Fate] {
    [(Fate.condition, condition != nil), (.list, hasLists), (.similarity, hasSimilarity)]
      .compactMap { fate, isGiven in isGiven ? fate : nil }
  }

  /// Reads a fraction or a per cent above 0, at most 1: `0.3`, `30%`.
  public static func fraction(_ text: String) -> ExactDecimal? {
    guard case .fraction(let fraction)? = try? Keep(parsing: text), fraction > .zero else {
      return nil
    }
    return fraction
  }
}

/// The smallest similarity that is not too small, as a decimal.
///
/// It is compared as similarities are kept, as a float32: rounding keeps order, so whatever is at
/// least the decimal itself passes.
public struct SimilarityBound: Sendable, Equatable, CustomStringConvertible, Codable {
  /// Plain digits, perhaps behind a minus.
  public let description: String
  /// The nearest float32, by way of float64 as similarities are read.
  public let value: Float

  /// Reads `0.28`, `-.1` or `3e-1`; nil for any other text.
  public init?(_ text: String) {
    let isNegative = text.hasPrefix("-")
    guard let size = ExactDecimal(isNegative ? text.dropFirst() : text[...]) else { return nil }
    description = isNegative && size > .zero ? "-\(size)" : "\(size)"
    value = Float(Double(description)!)
    if !value.isFinite { return nil }
  }
}
