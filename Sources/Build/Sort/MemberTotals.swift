import Workspace

/// What the members of the clusters add up to, with the integer sums behind d_intra.
struct MemberTotals: Codable, Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  var distanceSums: [Int128]

  enum CodingKeys: String, CodingKey {
    case sizes
    case distanceSums = "distance-sums"
  }

  /// Rows of all clusters.
  var candidates: Int { sizes.reduce(0, +) }
  /// The mean cosine of the rows with their centroids.
  var objective: Double {
    1 - Double(distanceSums.reduce(0, +)) / distanceUnit / Double(candidates)
  }
}

extension MemberTotals {
  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    sizes = try fields.decode([Int].self, forKey: .sizes)
    // As text: JSON has no numbers of 128 bits.
    distanceSums = try fields.decode([String].self, forKey: .distanceSums).map {
      guard let sum = Int128($0) else {
        throw DecodingError.dataCorruptedError(
          forKey: .distanceSums, in: fields, debugDescription: "expected whole numbers")
      }
      return sum
    }
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(sizes, forKey: .sizes)
    try fields.encode(distanceSums.map { String($0) }, forKey: .distanceSums)
  }
}
