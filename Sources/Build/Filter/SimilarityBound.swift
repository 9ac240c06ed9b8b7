import Pruning

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
