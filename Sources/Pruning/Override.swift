// What no published system has: a person's word on one concept, above the softmax.

/// A decision about one concept that a person made.
public struct Override: Sendable, Equatable {
  /// What happens to the concept.
  public enum Action: Sendable, Equatable {
    /// Keep none of its rows.
    case drop
    /// Keep the floor of this fraction (0...1) of its rows; 1 keeps it whole.
    case keep(ExactDecimal)
    /// Keep this many of its rows (0...M_j).
    case count(Int)
    /// Multiply its share by this (finite, above 0); the concept stays in the programme.
    case weight(Double)
  }

  /// The concept's cluster number.
  public var cluster: Int
  /// What happens to it.
  public var action: Action
  /// Why, for people.
  public var note: String?

  public init(cluster: Int, action: Action, note: String? = nil) {
    self.cluster = cluster
    self.action = action
    self.note = note
  }

  /// The rows that the override fixes out of the concept's `size`; nil for a weight.
  public func fixedCount(size: Int) -> Int? {
    switch action {
    case .drop: 0
    case .keep(let fraction): fraction.floor(times: size)
    case .count(let count): count
    case .weight: nil
    }
  }
}
