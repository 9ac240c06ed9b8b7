// The keys of all stages of a build.  They follow from inputs and parameters alone, so what of an
// earlier build can be used again is known before anything is done.

import Foundations
import Ingest
import Storage

struct BuildKeys: Sendable {
  let metadata: StageKey
  let convert: StageKey
  let scan: StageKey
  /// nil without --where.
  let condition: StageKey?
  /// nil without --allow and --deny.
  let lists: StageKey?
  /// nil where no filter is asked.
  let filter: StageKey?
  /// nil where near duplicates stay.
  let duplicates: DuplicateKeys?
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
  ) throws(WinnowError) {
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
    var (condition, lists, filter): (StageKey?, StageKey?, StageKey?)
    if let text = parameters.filters.condition {
      condition = empty
      condition!.inputs = files
      condition!.parameters = ["--where": text]
      condition!.parameters["the types of columns"] = plan.condition?.columnTypes
    }
    if parameters.filters.hasLists {
      lists = empty
      lists!.parameters = plan.lists
      if plan.dataset.columns?.key != nil {
        lists!.after = ["metadata": try metadata.digest()]
      } else {
        lists!.parameters["the number of rows"] = "\(plan.dataset.rows)"
      }
    }
    // The stage that has the last word on which rows are candidates; one that drops more of them
    // comes after it and takes its place.
    var candidates = (name: "scan", key: scan)
    if !parameters.filters.isEmpty {
      var key = empty
      key.parameters = parameters.filters.ofSimilarity
      key.after = ["scan": try scan.digest()]
      if let condition { key.after["where"] = try condition.digest() }
      if let lists { key.after["lists"] = try lists.digest() }
      if parameters.filters.hasSimilarity { key.after["metadata"] = try metadata.digest() }
      filter = key
      candidates = ("filter", key)
    }
    var duplicates: DuplicateKeys?
    if let wanted = parameters.deduplication {
      let keys = try DuplicateKeys(
        wanted, seed: parameters.seed, empty: empty, after: candidates)
      duplicates = keys
      candidates = ("dedup", keys.search)
    }
    var train = empty
    if let given = plan.given {
      train.parameters = ["--centroids": given.digest]
    } else {
      train.parameters = [
        "--clusters": "\(parameters.clusters)", "--iterations": "\(parameters.iterations)",
        "--training-rows": parameters.trainingLimit.map(String.init) ?? "all",
        "--seed": "\(parameters.seed)",
      ]
      train.after = [candidates.name: try candidates.key.digest()]
    }
    var assign = empty
    if let given = plan.assignments { assign.parameters["--assignments"] = given.digest }
    assign.after = [candidates.name: try candidates.key.digest(), "train": try train.digest()]
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
    self.condition = condition
    self.lists = lists
    self.filter = filter
    self.duplicates = duplicates
    self.train = train
    self.assign = assign
    self.sort = sort
    self.score = score
    self.keys = keys
    self.columns = columns
    name = columns
  }
}

extension BuildKeys {
  /// The keys by the names of the stages, but for what says how large parts are.
  var all: [(name: String, key: StageKey)] {
    var all = [
      ("metadata", metadata), ("key-runs", keys), ("key-cut", keys), ("key-parts", keys),
      ("keys", keys), (ConvertedShard.stage, convert), ("scan", scan), ("train", train),
      ("assign", assign), ("cut", sort), ("parts", sort), ("sort", sort), ("score", score),
      ("columns", columns), ("name", name),
    ]
    if let condition { all.append(("where", condition)) }
    if let lists { all.append(("lists", lists)) }
    if let filter { all.append(("filter", filter)) }
    if let duplicates {
      for name in ["coarse-train", "coarse-assign", "fine-train", "fine-centroids"] {
        all.append((name, duplicates.train))
      }
      all.append(("fine-assign", duplicates.assign))
      for name in ["fine-cut", "fine-parts", "fine-sort"] { all.append((name, duplicates.sort)) }
      for name in ["dedup", "twins"] { all.append((name, duplicates.search)) }
    }
    return all
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

extension RowFilters {
  /// What the stage `filter` itself looks at.
  fileprivate var ofSimilarity: [String: String] {
    var parameters: [String: String] = [:]
    parameters["--similarity-min"] = similarityMinimum?.description
    parameters["--similarity-top"] = similarityTop?.description
    return parameters
  }
}
