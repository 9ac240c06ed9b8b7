import Clustering
import Foundations
import Storage
import Workspace

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
      throw .invalid("\(inputs[isWorkspace.firstIndex(of: true)!]): a workspace goes by itself")
    }
    path = inputs[0]
    description = try WorkspaceDescription.read(path + "/workspace.json")
    guard let log = BuildLog.read(path + "/build-log.json") else {
      throw .invalid(
        "\(path)/build-log.json: missing or damaged, so its inputs are not known; name them")
    }
    self.inputs = log.inputs
  }

  /// Asks for the inputs and fine clusters of the workspace.
  func adjust(_ parameters: inout BuildParameters) throws(WinnowError) {
    guard parameters.filters.isEmpty else {
      throw .invalid(
        "\(path): the candidates are the workspace's; leave filters out, or name inputs")
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
