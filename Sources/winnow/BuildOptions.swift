import ArgumentParser
import Build
import Clustering
import FoundationEssentials
import Ingest
import Tasks

/// The flags of `winnow build` that other commands share.
struct BuildOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The number of concepts, k.")
  var clusters: Int?

  @Option(parsing: .unconditional, help: "Maximum number of k-means rounds.")
  var iterations = 25

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of rows to train k-means on, or 'all' (default: 256 per cluster).",
      valueName: "rows"))
  var trainingRows: String?

  @Option(parsing: .unconditional, help: "Seed for choosing the training rows.")
  var seed: UInt64 = 1

  @Option(
    help: "Use the centroids in this .npy file instead of training.",
    completion: .file(extensions: ["npy"]))
  var centroids: String?

  @Option(parsing: .unconditional, help: "Number of nearest centroids that d_inter averages over.")
  var neighbours = 20

  @Flag(help: "Drop rows that are all zero or have a NaN or infinity, instead of failing.")
  var skipInvalid = false

  @OptionGroup(title: "Filter options") var filters: FilterOptions

  @OptionGroup(title: "Near-duplicate options") var deduplication: DeduplicationOptions

  @OptionGroup(title: "Input options") var input: InputOptions

  @Option(help: "The metadata column with the keys (default: uid, else key, image_path or id).")
  var key: String?

  @Option(help: "The metadata column with the captions (default: caption, else text).")
  var caption: String?

  @Option(
    help: ArgumentHelp(
      "The metadata column with image-text similarities (default: similarity, else "
        + "clip_l14_similarity_score)."))
  var similarity: String?

  @Option(parsing: .unconditional, help: "Number of threads; the result does not depend on it.")
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory limit, such as 2G; a build that needs more fails at the start.",
      valueName: "size"))
  var memory: String?

  @Option(
    help: ArgumentHelp(
      "Kernels to use: portable, avx2, avx512, avxvnni or avx512vnni; the result does not depend "
        + "on them.",
      valueName: "set"))
  var kernels: String?

  @OptionGroup var progress: ProgressOptions

  /// Checks the flags against each other; a command calls this if it needs them.
  func check() throws {
    func require(_ holds: Bool, _ text: String) throws {
      if !holds { throw ValidationError(text) }
    }
    try require(
      (clusters == nil) != (centroids == nil),
      clusters == nil
        ? "--clusters: expected the number of concepts, found none; for example --clusters 500"
        : "--clusters and --centroids cannot be combined: each centroid is a concept")
    try require(
      clusters.map { $0 >= 1 } ?? true, "--clusters: expected 1 or more, found \(clusters ?? 0)")
    try require(clusters.map { $0 < 1 << 31 } ?? true, "--clusters: expected fewer than 2^31")
    try require(
      input.assignments == nil || centroids != nil,
      "--assignments: expected --centroids as well, because assignments are numbers of its rows")
    try require(iterations >= 0, "--iterations: expected 0 or more, found \(iterations)")
    try require(neighbours >= 1, "--neighbours: expected 1 or more, found \(neighbours)")
    try ThreadOptions.check(threads)
    _ = try wantedTrainingRows()
    _ = try instructions()
    _ = try wantedMemory()
  }

  private func wantedMemory() throws -> Int? {
    guard let memory else { return nil }
    guard let size = bytes(memory) else {
      throw ValidationError(
        "--memory: expected a size such as 2G, 500MiB or a number of bytes, found '\(memory)'")
    }
    return size
  }

  private func wantedTrainingRows() throws -> BuildParameters.TrainingRows {
    guard let trainingRows else { return .perCluster(256) }
    if trainingRows == "all" { return .all }
    guard let count = Int(trainingRows), count >= max(1, clusters ?? 1) else {
      throw ValidationError(
        "--training-rows: expected 'all' or a number, at least one per cluster, found "
          + "'\(trainingRows)'")
    }
    return .total(count)
  }

  private func instructions() throws -> InstructionSet {
    guard let kernels else { return .best }
    guard let set = InstructionSet(rawValue: kernels), set.isAvailable else {
      let names = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue)
      throw ValidationError(
        "--kernels: expected \(names.joined(separator: ", ")), which this processor has, found "
          + "'\(kernels)'")
    }
    return set
  }

  func parameters(inputs: [String], output: String, force: Bool) throws -> BuildParameters {
    let environment = ProcessInfo.processInfo.environment
    var parameters = BuildParameters(
      inputs: inputs, output: output, clusters: clusters ?? 1,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      instructions: try instructions(),
      ingest: IngestOptions(
        key: key, caption: caption, similarity: similarity, environment: environment),
      version: Winnow.version)
    parameters.hasChosenInstructions = kernels != nil
    parameters.iterations = iterations
    parameters.trainingRows = try wantedTrainingRows()
    parameters.seed = seed
    parameters.neighbours = neighbours
    parameters.centroidsFile = centroids
    parameters.skipInvalid = skipInvalid
    parameters.filters = try filters.filters()
    parameters.deduplication = try deduplication.deduplication()
    parameters.force = force
    parameters.memory = try wantedMemory()
    input.apply(to: &parameters)
    return parameters
  }

  /// Builds, with progress on standard error.
  ///
  /// - Parameter place: where the tasks run, or nil for this process.
  func build(
    inputs: [String], output: String, force: Bool, on place: EngineChoice? = nil
  ) throws -> BuildSummary {
    let parameters = try parameters(inputs: inputs, output: output, force: force)
    let reporter = progress.reporter()
    defer { reporter.abandon() }
    // Remote tasks take a moment to end; the driver ends them even if this program is gone.
    Interruption.endAtLast(after: place == nil ? 700 : 5000) {
      Failure(interruptedBuild(output)).text
    }
    defer { Interruption.endsByItself() }
    return try failing {
      let engine = try place.map {
        try RayEngine.start(
          address: $0.address, workspace: output, message: { reporter.message($0) })
      }
      defer { engine?.stop() }
      let summary = try buildWorkspace(parameters, on: engine, observer: reporter.observer)
      reporter.finish()
      reporter.message(summary.announcement)
      return summary
    }
  }
}

/// Bytes in a text such as 2G or 500 MiB, or nil: a number, and K, M, G, T or KiB and so on for
/// powers of 1024, KB and so on for powers of 1000.
private func bytes(_ text: String) -> Int? {
  let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
  let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
  guard let number = Double(digits), number > 0 else { return nil }
  guard unit != "" && unit != "B" else { return number < 0x1p62 ? Int(number) : nil }
  guard let power = ["K", "M", "G", "T"].firstIndex(of: String(unit.prefix(1))) else { return nil }
  let base: Double
  switch unit.dropFirst() {
  case "", "IB": base = 1024
  case "B": base = 1000
  default: return nil
  }
  var size = number
  for _ in 0...power { size *= base }
  return size < 0x1p62 ? Int(size) : nil
}

/// The flags that drop rows before anything is clustered.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .unconditional,
    help: ArgumentHelp(
      "Drop rows for which this SQL condition over the metadata columns is false or NULL; for "
        + "example \"width >= 200\".",
      valueName: "condition"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "Drop rows whose key is not in this text file, one key per line (row numbers if the data "
        + "set has no keys).",
      valueName: "file"),
    completion: .file())
  var allow: String?

  @Option(
    help: ArgumentHelp("Drop rows whose key is in this text file.", valueName: "file"),
    completion: .file())
  var deny: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Drop rows whose similarity is below this number or missing.", valueName: "number"))
  var similarityMin: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep this fraction (0.3 or 30%) of the rows that the other filters leave, best similarity "
        + "first.",
      valueName: "fraction"))
  var similarityTop: String?

  func validate() throws { _ = try filters() }

  func filters() throws -> RowFilters {
    var filters = RowFilters()
    if let condition, condition.allSatisfy(\.isWhitespace) {
      throw ValidationError("--where: expected an SQL condition, found an empty one")
    }
    for (flag, path) in [("--allow", allow), ("--deny", deny)] where path?.isEmpty == true {
      throw ValidationError("\(flag): expected a file, found an empty path")
    }
    filters.condition = condition
    filters.allow = allow
    filters.deny = deny
    if let similarityMin {
      guard let bound = SimilarityBound(similarityMin) else {
        throw ValidationError(
          "--similarity-min: expected a decimal number such as 0.28, found '\(similarityMin)'")
      }
      filters.similarityMinimum = bound
    }
    if let similarityTop {
      guard let fraction = RowFilters.fraction(similarityTop) else {
        throw ValidationError(
          "--similarity-top: expected a fraction (0.3) or a percentage (30%) above 0 and at most "
            + "100%, found '\(similarityTop)'")
      }
      filters.similarityTop = fraction
    }
    return filters
  }
}

/// The flags that drop near duplicates before anything is clustered.
struct DeduplicationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Drop near duplicates: rows whose cosine to an earlier row of their fine cluster is above "
        + "1 - epsilon; for example 0.05.",
      valueName: "epsilon"))
  var dedup: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of fine clusters to compare rows in (default: one per 5,000 candidates).",
      valueName: "count"))
  var dedupClusters: Int?

  @Option(
    help: ArgumentHelp(
      "Compare a row with earlier rows that are kept (greedy, the default) or with all (chain).",
      valueName: "rule"))
  var dedupRule: String?

  func validate() throws { _ = try deduplication() }

  /// The requested deduplication, or nil to keep near duplicates.
  func deduplication() throws -> Deduplication? {
    guard let dedup else {
      if dedupClusters != nil || dedupRule != nil {
        let flag = dedupClusters != nil ? "--dedup-clusters" : "--dedup-rule"
        throw ValidationError("\(flag) needs --dedup, for example --dedup 0.05")
      }
      return nil
    }
    guard let epsilon = Double(dedup), DuplicateCriterion.epsilons.contains(epsilon) else {
      throw ValidationError(
        "--dedup: expected a number from 0.000001 to below 1, found '\(dedup)'; rows with a cosine "
          + "above 1 minus this number are duplicates, for example 0.05")
    }
    let rule = dedupRule ?? DuplicateRule.greedy.rawValue
    guard let rule = DuplicateRule(rawValue: rule) else {
      throw ValidationError("--dedup-rule: expected greedy or chain, found '\(rule)'")
    }
    try dedupClusters.map { try Self.check(clusters: $0) }
    return Deduplication(
      DuplicateCriterion(epsilon: epsilon, rule: rule), clusters: dedupClusters)
  }

  static func check(clusters: Int) throws {
    guard (1..<1 << 31).contains(clusters) else {
      throw ValidationError(
        "--dedup-clusters: expected a number from 1 to below 2^31, found \(clusters)")
    }
  }
}
