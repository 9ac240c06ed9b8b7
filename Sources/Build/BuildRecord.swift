// What the tasks of a build are told: its inputs as they were seen when it was recorded, and all that
// can change a result.  A process that does a task reads this and looks for nothing itself, so every
// task, on whatever machine, works for the same build.

import Clustering
import FoundationEssentials
import Foundations
import Ingest
import Storage
import Tasks

struct BuildRecord: Codable, Sendable {
  /// The version of the program that wrote it; tasks need the same.
  var program: String
  var parameters: BuildParameters
  var dataset: Dataset
  var condition: RowCondition.Checked?
  /// SHA-256 of the lists, by their flags.
  var lists: [String: String]
  var centroids: GivenCentroids?
  var assignments: GivenAssignments?
  /// Stamps of the shards, of the metadata files, and of the lists.
  var shardStamps: [FileStamp]
  var metadataStamps: [FileStamp]
  var listStamps: [FileStamp]

  init(_ plan: BuildPlan, _ inputs: WatchedInputs) {
    program = plan.parameters.version
    parameters = plan.parameters
    // Every machine takes its best kernels where nobody asked for some.
    if !parameters.hasChosenInstructions { parameters.instructions = .portable }
    dataset = plan.dataset
    condition = plan.condition
    lists = plan.lists
    centroids = plan.given
    assignments = plan.assignments
    shardStamps = inputs.shards.stamps
    metadataStamps = inputs.metadata.stamps
    listStamps = inputs.lists.stamps
  }

  // MARK: The file

  private static let folder = "\(stageFolder)/\(StagedFolder.recordFolder)"

  private static func path(_ building: String) -> String { "\(building)/\(folder)/record.json" }

  func write(to building: String) throws(WinnowError) {
    let path = Self.path(building)
    if let old = SealedFile.read(json: BuildRecord.self, path), try old.digest() == digest() {
      return
    }
    try makeFolder(parentFolder(path), parents: true)
    try removeTree(Self.readyPath(building))
    try SealedFile.write(json: self, to: path)
  }

  // MARK: A workspace that only has to be put in its place

  private static func readyPath(_ building: String) -> String {
    "\(building)/\(folder)/ready.json"
  }

  /// Remembers that all files of the workspace are written: from now on its stages may go.
  static func markReady(_ files: some Sequence<String>, in building: String) throws(WinnowError) {
    try SealedFile.write(json: files.sorted(), to: readyPath(building))
  }

  /// The files of a workspace that is whole but not in its place; nil of one that is not.
  static func readyFiles(in building: String) -> [String]? {
    SealedFile.read(json: [String].self, readyPath(building))
  }

  static func exists(in building: String) -> Bool { pathKind(path(building)) == .file }

  static func remove(from building: String) throws(WinnowError) {
    try removeTree("\(building)/\(folder)")
  }

  /// The record of the build in a folder; nil where there is none.
  ///
  /// - Throws: ``WinnowError`` for one of another program.
  static func read(_ building: String, version: String) throws(WinnowError) -> BuildRecord? {
    let path = path(building)
    guard pathKind(path) == .file else { return nil }
    // Of another version the rest may have another form.
    struct Head: Decodable { var program: String }
    guard let bytes = SealedFile.read(path).map({ Data($0) }),
      let head = try? JSONDecoder().decode(Head.self, from: bytes)
    else { throw damaged(path, "it is not a complete build record") }
    guard head.program == version else {
      throw .invalid(
        "\(path): the build was recorded by winnow \(head.program), but this is winnow \(version) "
          + "on \(hostName()); all machines need the same version")
    }
    guard let record = try? JSONDecoder().decode(BuildRecord.self, from: bytes) else {
      throw .invalid(
        "\(path): expected the record of a build, found another format; record the build again "
          + "with winnow task list INPUT... -o WORKSPACE")
    }
    return record
  }

  // MARK: What it says

  func digest() throws(WinnowError) -> String {
    var digest = Digest()
    digest.update(try encodeJSON(self))
    return digest.hex()
  }

  /// The plan for a process of this machine.
  ///
  /// - Parameter ingest: where programs are found.
  /// - Throws: ``WinnowError`` when this processor lacks the kernels that were asked for.
  func plan(_ ingest: IngestOptions) throws(WinnowError) -> BuildPlan {
    var parameters = parameters
    parameters.ingest = ingest
    if !parameters.hasChosenInstructions {
      parameters.instructions = .best
    } else if !parameters.instructions.isAvailable {
      throw .invalid(
        "--kernels: expected a processor with \(parameters.instructions.rawValue), as recorded, "
          + "found none on \(hostName()); record the build without it: the result is the same")
    }
    return BuildPlan(
      parameters: parameters, dataset: dataset, condition: condition, lists: lists,
      given: centroids, assignments: assignments)
  }

  /// The inputs, to be compared with what is there.
  func watched(_ plan: BuildPlan) -> WatchedInputs {
    WatchedInputs(
      shards: InputWatch(dataset.shards.map(\.path), stamps: shardStamps),
      metadata: InputWatch(plan.metadataPaths, stamps: metadataStamps),
      lists: InputWatch(plan.parameters.filters.lists.map(\.path), stamps: listStamps))
  }
}

extension BuildParameters {
  /// The same with absolute paths, for processes elsewhere.
  var fromAnywhere: BuildParameters {
    var parameters = self
    parameters.inputs = inputs.map(absolutePath)
    parameters.output = absolutePath(output)
    parameters.centroidsFile = centroidsFile.map(absolutePath)
    parameters.assignmentsFile = assignmentsFile.map(absolutePath)
    parameters.filters.allow = filters.allow.map(absolutePath)
    parameters.filters.deny = filters.deny.map(absolutePath)
    parameters.ingest.keyFiles = ingest.keyFiles.map(absolutePath)
    return parameters
  }
}
