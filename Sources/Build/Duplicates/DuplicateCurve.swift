// How many rows deduplication would keep, for twenty epsilons from one search: by `chain` a row goes
// when its largest cosine to any earlier row exceeds 1 - epsilon, whatever happens to that row, so
// one number a row decides all epsilons.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

/// What deduplication would keep.
public struct DuplicateCurve: Codable, Sendable, Equatable {
  public struct Point: Codable, Sendable, Equatable {
    public var epsilon: Double
    /// Candidates that `chain` keeps; `greedy` keeps as many or more.
    public var kept: Int
    /// The same as a part of the candidates.
    public var fraction: Double
  }

  public var candidates: Int
  /// Fine clusters.
  public var clusters: Int
  public var points: [Point]

  public static let epsilons = [
    0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1,
    0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.25, 0.3, 0.35, 0.4,
  ]

  public func json() throws(WinnowError) -> [UInt8] { try encodeJSON(self) }

  /// A table for people.
  public var text: String {
    var text =
      "\(candidates) candidates in \(counted(clusters, "fine cluster"))\n"
      + "epsilon" + cell("kept", 14) + cell("fraction", 10) + "\n"
    for point in points {
      let part = (point.fraction * 1e6).rounded() / 1e6
      text +=
        padded("\(point.epsilon)", 7) + cell("\(point.kept)", 14) + cell("\(part)", 10) + "\n"
    }
    return text
      + "exact for --dedup-rule chain; a lower bound for greedy, which keeps as many or more\n"
  }
}

/// Finds out what deduplication would keep.
///
/// - Parameters:
///   - parameters: inputs, filters and ``BuildParameters/deduplication``'s clusters; the `output` is a
///     folder for what the search needs on the disk meanwhile (about 40 bytes a row), which must not
///     exist and is removed.  One input may be a workspace: then its inputs are taken, as its build log
///     names them, with the candidates and fine clusters that it had.
/// - Complexity: as the deduplication of a build.
public func duplicateCurve(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> DuplicateCurve {
  var parameters = parameters
  let workspace = try CurveWorkspace(parameters.inputs)
  if let workspace { try workspace.adjust(&parameters) }
  let most = DuplicateCurve.epsilons.max()!
  parameters.deduplication = Deduplication(
    DuplicateCriterion(epsilon: most, rule: .chain), clusters: parameters.deduplication?.clusters)
  // Nothing is trained but fine clusters.
  parameters.clusters = 1
  var plan = try BuildPlan(parameters)
  plan.curve = workspace
  observer.message(plan.dataset.layout)
  guard pathKind(parameters.output) == .nothing else {
    throw .invalid(
      "\(parameters.output): expected no file or folder there, found one; name another folder")
  }
  try makeFolder(parameters.output)
  defer { try? removeTree(parameters.output) }
  let job = try BuildJob(plan, folder: parameters.output, observer: observer)
  try job.graph.run(job, upTo: .dedup)
  return try DuplicateCurve(job)
}

extension DuplicateCurve {
  fileprivate init(_ job: BuildJob) throws(WinnowError) {
    let candidates = try job.searched().count
    var dropped = [Int](repeating: 0, count: Self.epsilons.count)
    for path in try job.paths(of: .dedup) {
      var rows = try DroppedRows(path, piece: 1 << 14)
      try rows.forEach(below: .max) { row in
        for (place, epsilon) in Self.epsilons.enumerated() where row.cosine > 1 - epsilon {
          dropped[place] += 1
        }
      }
    }
    self.init(
      candidates: candidates, clusters: try job.fineClusters(),
      points: zip(Self.epsilons, dropped).map {
        let kept = candidates - $1
        return .init(epsilon: $0, kept: kept, fraction: Double(kept) / Double(max(1, candidates)))
      })
  }
}

/// A workspace whose candidates are asked about.
struct CurveWorkspace: Sendable {
  let path: String
  let description: WorkspaceDescription
  private let inputs: [String]

  /// - Returns: nil when the inputs are embeddings.
  init?(_ inputs: [String]) throws(WinnowError) {
    let isWorkspace = inputs.map { pathKind($0 + "/workspace.json") == .file }
    guard isWorkspace.contains(true) else { return nil }
    guard inputs.count == 1 else {
      throw .invalid(
        "\(inputs[isWorkspace.firstIndex(of: true)!]): expected one workspace alone, found other "
          + "paths with it; name only the workspace"
      )
    }
    path = inputs[0]
    description = try WorkspaceDescription.read(path + "/workspace.json")
    guard let log = BuildLog.read(path + "/build-log.json") else {
      throw .invalid(
        "\(path)/build-log.json: missing or damaged, so the inputs are unknown; name them")
    }
    self.inputs = log.inputs
  }

  /// Asks for the inputs and fine clusters of the workspace.
  func adjust(_ parameters: inout BuildParameters) throws(WinnowError) {
    guard parameters.filters.isEmpty else {
      throw .invalid(
        "\(path): filters cannot change the candidates of a workspace; remove them, or name the "
          + "inputs"
      )
    }
    parameters.inputs = inputs
    parameters.skipInvalid = description.parameters.skipInvalid
    parameters.seed = description.parameters.seed ?? parameters.seed
    if parameters.deduplication == nil, let dedup = description.parameters.dedup {
      parameters.deduplication = Deduplication(
        DuplicateCriterion(
          epsilon: dedup.epsilon, rule: DuplicateRule(rawValue: dedup.rule) ?? .greedy),
        clusters: dedup.clusters)
    }
  }

  /// The fates of some rows; nil where all are candidates.
  func fates(_ rows: Range<Int>) throws(WinnowError) -> [UInt8]? {
    guard pathKind(path + "/fate.npy") == .file else { return nil }
    return try FateReader(path + "/fate.npy", rows: description.rows).fates(rows)
  }
}

extension StageName { package static let curve = StageName("curve") }

/// The candidates of a workspace: those that were searched when it was built.
struct CurveStage: SingleStage, BuildStage {
  let name = StageName.curve

  func after(_ job: BuildJob) -> [StageName] { [.scan] }
  func bytes(_ job: BuildJob) -> Int { 2 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> FateCounts {
    guard let workspace = job.plan.curve else { preconditionFailure("no workspace") }
    let scanned = try job.scanned()
    guard workspace.description.inputs.map(\.digest) == scanned.digests else {
      throw .invalid(
        "\(workspace.path): its inputs have changed since it was built "
          + "(\(job.parameters.inputs.joined(separator: ", "))): name the inputs instead of the "
          + "workspace")
    }
    return try scanned.candidates.narrow(
      to: run.files, fatesName(name), [], isCancelled: run.isCancelled
    ) { (rows, fates) throws(WinnowError) in
      guard let old = try workspace.fates(rows) else { return }
      for place in fates.indices where fates[place] == Fate.candidate.rawValue {
        // Duplicates were looked at.
        if old[place] != Fate.duplicate.rawValue { fates[place] = old[place] }
      }
    }
  }
}
