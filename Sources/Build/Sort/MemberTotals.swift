// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy out of the runs of the
// assignment, and with them the integer sums behind d_intra.  Distances are never negative, so their
// bits order as they do.

import Clustering
import Foundations
import Storage

/// What the members of the clusters add up to.
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

  init(sizes: [Int], distanceSums: [Int128]) {
    self.sizes = sizes
    self.distanceSums = distanceSums
  }

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

/// Distances are summed in units of 2^-40.
let distanceUnit = 0x1p40

/// The stages that bring members into their order, by their names.
struct SortStages: Sendable {
  let cut, parts, sort: String

  /// Of the concepts.
  static let concepts = SortStages(cut: "cut", parts: "parts", sort: "sort")
  /// Of the fine clusters.
  static let fine = SortStages(cut: "fine-cut", parts: "fine-parts", sort: "fine-sort")
}

extension LocalBuild {
  /// Brings the members of clusters into their order, by way of parts.
  ///
  /// - Parameters:
  ///   - runs: the results of the assignment.
  ///   - key: that of the sort.
  ///   - join: writes the arrays from the finished parts.
  func sortMembers(
    _ names: SortStages, key: StageKey, of runs: [String], clusters: Int, observer: BuildObserver,
    join: (MemberParts, _ paths: [String], StagingFiles, Stage) throws(WinnowError) ->
      MemberTotals
  ) throws(WinnowError) -> MemberTotals {
    if let totals = try stages.result(
      names.sort, of: MemberTotals.self, key: key, staging: staging,
      covers: [names.cut, names.parts])
    {
      let total = totals.candidates
      observer.progress(BuildProgress(stage: .sort, done: total, total: total, unit: "rows"))
      return totals
    }
    let limit = MemberParts.partEntries(rows: dataset.rows, memory: sortShare)
    var partKey = key
    partKey.parameters["the size of parts"] = "\(limit) rows"
    let cut = try stages.once(
      names.cut, key: partKey, staging: staging, isCancelled: observer.isCancelled
    ) { (_, _) throws(WinnowError) in
      try MemberParts(runs: runs, rows: dataset.rows, clusters: clusters, limit: limit).cut
    }
    let parts = MemberParts(runs: runs, rows: dataset.rows, cut: cut)
    let stage = try stages.open(
      names.parts, key: partKey, results: (0..<parts.count).map { "part-\($0)" },
      shares: .rows(parts.count, rows: parts.candidates), isWhole: HeaderSeal.isWhole)
    let meter = RowMeter(.sort, total: parts.candidates, observer)
    meter.add((0..<parts.count).reduce(0) { $0 + (stage.wasDone($1) ? parts.size($1) : 0) })
    let finished = { @Sendable part in meter.add(parts.size(part)) }
    try stage.run(
      threads: parameters.threads, isCancelled: observer.isCancelled, finished: finished
    ) { (_, part) throws(WinnowError) in
      try parts.write(part, to: stage.paths[part])
      meter.add(parts.size(part))
    }
    let totals = try stages.once(
      names.sort, key: key, staging: staging, isCancelled: observer.isCancelled
    ) { (files, own) throws(WinnowError) in
      try join(parts, stage.paths, files, own)
    }
    // The arrays hold what the parts did.
    try stages.drop(names.cut, names.parts)
    return totals
  }
}

extension MemberParts {
  /// Entries of a part.
  func size(_ part: Int) -> Int { positions(part).count }
}
