// The keys of all stages of a build.  They follow from inputs and parameters alone, so what of an
// earlier build can be used again is known before anything is done.

import Ingest
import Storage

struct BuildKeys: Sendable {
  let metadata: StageKey
  let convert: StageKey
  let scan: StageKey
  let train: StageKey
  let assign: StageKey
  let sort: StageKey
  let score: StageKey
  let keys: StageKey
  let columns: StageKey
  let name: StageKey

  /// - Parameters:
  ///   - shards: stamps of the files of embeddings.
  ///   - files: stamps of the metadata's files.
  init(
    _ plan: BuildPlan, shards: [FileStamp], metadata files: [FileStamp]
  ) throws(WorkspaceError) {
    let parameters = plan.parameters
    let empty = StageKey(program: parameters.version)
    var metadata = empty
    metadata.inputs = files
    metadata.parameters = plan.dataset.columns?.named ?? [:]
    var convert = empty
    convert.inputs = zip(plan.dataset.shards, shards).filter { $0.0.needsConversion }.map { $0.1 }
    convert.parameters = plan.dataset.readBy
    var scan = empty
    scan.inputs = shards
    scan.parameters = plan.dataset.readBy
    var train = empty
    if let given = plan.given {
      train.parameters = ["--centroids": given.digest]
    } else {
      train.parameters = [
        "--clusters": "\(parameters.clusters)", "--iterations": "\(parameters.iterations)",
        "--training-rows": parameters.trainingLimit.map(String.init) ?? "all",
        "--seed": "\(parameters.seed)",
      ]
      train.after = ["scan": try scan.digest()]
    }
    var assign = empty
    if let given = plan.assignments { assign.parameters["--assignments"] = given.digest }
    assign.after = ["scan": try scan.digest(), "train": try train.digest()]
    var sort = empty
    sort.after = ["assign": try assign.digest()]
    var score = empty
    score.parameters = ["--neighbours": "\(parameters.neighbours)"]
    score.after = ["sort": try sort.digest(), "train": try train.digest()]
    var keys = empty
    keys.after = ["metadata": try metadata.digest()]
    var columns = empty
    columns.after = ["metadata": try metadata.digest(), "sort": try sort.digest()]
    self.metadata = metadata
    self.convert = convert
    self.scan = scan
    self.train = train
    self.assign = assign
    self.sort = sort
    self.score = score
    self.keys = keys
    self.columns = columns
    name = columns
  }
}

extension MetadataColumns {
  /// The columns in use, by the flags that choose them.
  fileprivate var named: [String: String] {
    var names: [String: String] = [:]
    names["--key"] = key
    names["--caption"] = caption
    names["--similarity"] = similarity
    for (number, name) in numeric.enumerated() { names["column of numbers \(number)"] = name }
    return names
  }
}
