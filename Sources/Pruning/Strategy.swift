// Where the wanted shares P_j come from. `complexity` is density-based pruning (Abbas et al.,
// ICLR 2024); `proportional` is SSP pruning (Sorscher et al. 2022); the others are the ablations
// that papers compare with. All go through the same bounds and solver.

/// How the wanted share of each concept follows from its size and scores.
public enum Strategy: String, Codable, CaseIterable, Sendable {
  /// Softmax of `complexity / temperature`.
  case complexity
  /// The same share for every concept that takes part.
  case uniform
  /// A concept's share of the rows.
  case proportional
  /// Softmax of `dInter / temperature`.
  case dInter = "d-inter"
  /// Softmax of `dIntra / temperature`.
  case dIntra = "d-intra"

  /// Whether the temperature changes the shares.
  public var usesTemperature: Bool { self != .uniform && self != .proportional }
}
