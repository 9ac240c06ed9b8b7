// What clustering says about each concept, and all that a decision may read of the data: k sizes
// and k scores. Source: Abbas et al., ICLR 2024 (arXiv 2401.04578), section 3: a concept's
// complexity is the product of how far it lies from its neighbours and how far its rows spread.

/// The sizes and scores of k concepts, as arrays of length k indexed by cluster number.
public struct ConceptScores: Sendable, Equatable {
  /// Rows of each concept, M_j >= 0.
  public let size: [Int]
  /// Mean cosine distance of a concept's rows to its centroid, 0...2; 0 when it has no rows.
  public let dIntra: [Double]
  /// Mean cosine distance of a concept's centroid to its nearest other centroids, 0...2.
  public let dInter: [Double]
  /// `dInter * dIntra` of each concept.
  public let complexity: [Double]
  /// The number of rows in all concepts: the sum of `size`.
  public let candidates: Int

  /// Takes four arrays of one length.
  ///
  /// - Precondition: the lengths agree, sizes are 0...2^50 and so is their sum, scores are finite.
  /// - Complexity: O(k).
  public init(size: [Int], dIntra: [Double], dInter: [Double], complexity: [Double]) {
    let k = size.count
    precondition(
      dIntra.count == k && dInter.count == k && complexity.count == k,
      "the four arrays of concept scores differ in length")
    precondition(size.allSatisfy { $0 >= 0 }, "a concept has a negative size")
    candidates = size.reduce(0, +)
    // Then neighbouring keys of the solver differ by more than 1/2 as Doubles; it rests on that.
    precondition(candidates <= 1 << 50, "more than 2^50 rows")
    precondition(
      dIntra.allSatisfy(\.isFinite) && dInter.allSatisfy(\.isFinite)
        && complexity.allSatisfy(\.isFinite), "a concept score is not finite")
    self.size = size
    self.dIntra = dIntra
    self.dInter = dInter
    self.complexity = complexity
  }

  /// k, the number of concepts, empty ones included.
  public var clusters: Int { size.count }
}
