// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy out of the parts, and
// fate.npy where rows were dropped.

import Foundations
import Tasks
import Workspace

extension StageName { package static let sort = StageName("sort") }

struct SortStage: SingleStage, BuildStage {
  let name = StageName.sort

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.concepts.parts, job.candidateStage] }
  // The arrays hold what the parts did.
  func consumes(_ job: BuildJob) -> [StageName] {
    [MemberKind.concepts.cut, MemberKind.concepts.parts]
  }
  func follows(_ job: BuildJob) -> [StageName] { [.assign] }

  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) throws(WinnowError) -> [Int] { [try job.totals().candidates] }

  func memory(_ shape: BuildShape) -> Int? { shape.sorting }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }

  func bytes(_ job: BuildJob) -> Int {
    2 * (4 + MemberParts.rowBytes(job.shape.rows)) * job.shape.rows
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let rows = job.shape.rows
    let once = (MemberParts.rowBytes(rows) + 4) * rows
    return StageForecast(
      tasks: 1, disk: 2 * once + 8 * (job.shape.clusters + 1), temporary: once,
      seconds: Double(rows) / 20e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberTotals {
    let candidates = try job.candidates()
    try candidates.publish(to: run.files, isCancelled: run.isCancelled)
    return try MemberKind.concepts.join(job, candidates, to: run.files, run)
  }
}

/// What the members of the clusters add up to, with the integer sums behind d_intra.
package struct MemberTotals: Codable, Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  package var distanceSums: [Int128]

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
  package init(from decoder: any Decoder) throws {
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

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(sizes, forKey: .sizes)
    try fields.encode(distanceSums.map { String($0) }, forKey: .distanceSums)
  }
}

extension BuildShape {
  /// A task that joins parts: two arrays at once.
  var joiningNeeds: TaskNeeds { TaskNeeds(threads: min(2, threads), memory: single.sorting) }
}
