/// The near duplicates among rows in their order.
public struct Duplicates: Sendable, Equatable {
  /// For each place the place of its twin; its own where it is no duplicate.
  ///
  /// The twin is the earlier row (of the rule's) that is the same but for rounding, with a cosine
  /// above 1 - 1e-5, or where there is none that of the largest cosine; of several the first.
  public var twins: [UInt32]
  /// For each place the cosine to its twin; 1 where it is no duplicate.
  public var cosines: [Double]
  /// Places whose largest cosine to an earlier row (of the rule's) lies within 1e-6 of the
  /// threshold: other arithmetic might have decided otherwise.
  public var closeDecisions: Int
}
