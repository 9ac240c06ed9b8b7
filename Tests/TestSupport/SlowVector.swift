// The arithmetic of the method, word by word and one number after the other: what the kernels and
// the build are held against.

/// A vector with its norm, as the method defines both.
public struct SlowVector: Sendable, Equatable {
  public let components: [Float]
  public let norm: Double

  /// Components as they are.
  public init(_ components: [Float]) {
    self.components = components
    norm = Double(canonicalDot(components, components)).squareRoot()
  }

  /// Components times the power of two that brings the largest into [0.5, 1), then narrowed.
  public init(scaling components: [Double]) {
    let largest = components.map(\.magnitude).max()!
    let exponent = -Int(largest.exponent) - 1
    let half = Double(sign: .plus, exponent: exponent / 2, significand: 1)
    let rest = Double(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
    self.init(components.map { Float($0 * half * rest) })
  }

  /// The unit vector in the direction of `components`.
  public init(unit components: [Double]) {
    let length = components.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.init(components.map { Float($0 / length) })
  }

  /// Components in units of a 127th of the largest, rounded to integers.
  public var narrowed: [Int] {
    let factor = 127 / components.map(\.magnitude).max()!
    return components.map { Int(($0 * factor).rounded(.toNearestOrEven)) }
  }

  public func cosine(_ other: SlowVector) -> Double {
    Double(canonicalDot(components, other.components)) / (norm * other.norm)
  }

  public func distance(_ other: SlowVector) -> Double { max(0, 1 - cosine(other)) }

  /// The number of the vector of largest cosine (ties: the lowest) and the distance to it.
  public func nearest(of centroids: [SlowVector]) -> (cluster: Int, distance: Float) {
    let cosines = centroids.map { cosine($0) }
    let cluster = cosines.firstIndex(of: cosines.max()!)!
    return (cluster, Float(max(0, 1 - cosines[cluster])))
  }
}

/// The canonical dot product: 16 lanes, a rounding after every product and sum, a fixed tree.
public func canonicalDot(_ a: [Float], _ b: [Float]) -> Float {
  var lanes = [Float](repeating: 0, count: 16)
  for index in a.indices {
    let product = a[index] * b[index]
    lanes[index % 16] = lanes[index % 16] + product
  }
  for step in [8, 4, 2, 1] {
    for lane in 0..<step { lanes[lane] = lanes[lane] + lanes[lane + step] }
  }
  return lanes[0]
}

/// Each vector's mean distance to its nearest others, by sorting all of them.
public func slowMeanDistances(_ vectors: [SlowVector], neighbours: Int) -> [Double] {
  vectors.indices.map { one in
    let others = vectors.indices.filter { $0 != one }
    let nearest = others.map { vectors[one].distance(vectors[$0]) }.sorted().prefix(neighbours)
    return nearest.isEmpty ? 0 : nearest.reduce(0, +) / Double(nearest.count)
  }
}
