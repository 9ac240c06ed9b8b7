/// One of the terms that name a concept.
public struct Term: Sendable, Equatable {
  /// One or two words, lower case.
  public let text: String
  /// How well it names: its frequency in the concept's captions, more where it is rarer elsewhere,
  /// less where the terms before it are in the same captions.  Above 0.
  public let weight: Double

  public init(text: String, weight: Double) {
    self.text = text
    self.weight = weight
  }
}
