// More fine clusters than one k-means finds at once are made in two levels: first about the square root
// of as many coarse ones, then each of those is split by itself.

import Clustering
import Foundations
import Pruning
import Tasks

extension StageName {
  package static let coarseTrain = StageName("coarse-train")
  package static let coarseAssign = StageName("coarse-assign")
  /// The step under which all stages of the fine clusters are shown.
  package static let fine = StageName("fine")
}

/// The trainings of the fine clusters, which follow from the same.
protocol FineTrainingStage: BuildStage {}

extension FineTrainingStage {
  var step: StageName { .fine }
  func follows(_ job: BuildJob) -> [StageName] { [job.searchedStage] }
  func parameters(_ job: BuildJob) -> [String: String] {
    let wanted = job.deduplication
    return [
      "--dedup-clusters": wanted.clusters.map(String.init)
        ?? "one for \(Deduplication.candidatesACluster) candidates",
      "--seed": "\(job.parameters.seed)", "fine clusters at once": "\(wanted.clustersAtOnce)",
    ]
  }
}

struct CoarseTrainStage: FineTrainingStage {
  let name = StageName.coarseTrain
  let resultPrefix = "centroids"
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [job.searchedStage] }

  /// None where the fine clusters need one level only, which shows when the candidates are known.
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.hasTwoLevels() ? ["centroids-0"] : []
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: job.shape.threads, memory: job.shape.makingFineClusters)
  }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: job.shape.fineTrainingReads)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let fine = job.fineParameters(FineLevels.coarseClusters(try job.fineClusters()))
    let trained = try trainCentroids(job, try job.searched(), fine, run)
    try SealedFile.write(trained.centroids.components(), to: run.paths[0])
  }
}

extension BuildJob {
  /// What was asked for; only stages of a deduplication look.
  var deduplication: Deduplication { parameters.deduplication! }

  /// The number of fine clusters.
  ///
  /// - Throws: ``WinnowError`` when there are fewer candidates.
  func fineClusters() throws(WinnowError) -> Int {
    let candidates = try searched().count
    let clusters = deduplication.clusters(of: candidates)
    guard clusters <= candidates else {
      throw .invalid(
        "--dedup-clusters: expected at most \(candidates), the number of candidates, found "
          + "\(clusters); choose fewer, or leave the flag out")
    }
    return clusters
  }

  /// Whether the fine clusters are too many for one k-means.
  func hasTwoLevels() throws(WinnowError) -> Bool {
    try fineClusters() > deduplication.clustersAtOnce
  }

  func fineParameters(_ clusters: Int) -> TrainingPlan {
    TrainingPlan(
      clusters: clusters, iterations: Deduplication.iterations,
      limit: Deduplication.trainingRows * clusters,
      // A sequence of its own: the concepts' training has the seed's itself.
      seed: splitmix64(seed: parameters.seed, row: .max - 1))
  }
}

extension BuildShape {
  /// What the stages of the fine clusters take in one process.
  var makingFineClusters: Int {
    let rows = min(rows, Deduplication.trainingRows * fineAtOnce)
    return max(
      training(fineAtOnce, rows: rows, perRow: 5 * d + 89), assignment(fineAtOnce))
      + candidateBytes
  }

  /// Bytes that trainings of the fine clusters read.
  var fineTrainingReads: Int { min(rows, Deduplication.trainingRows * fine) * dimensions * 2 }

  /// Clusters that a row is compared with at a time: all fine clusters, or all coarse ones.
  var searchedAtOnce: Int { hasTwoFineLevels ? FineLevels.coarseClusters(fine) : fine }

  /// Whether the fine clusters of all rows would be too many for one k-means.
  var hasTwoFineLevels: Bool { fine > fineAtOnce }
}

/// Every candidate's coarse cluster, as runs like those of the concepts.
struct CoarseAssignStage: AssignmentStage, FineTrainingStage {
  let name = StageName.coarseAssign
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.coarseTrain, job.searchedStage] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.hasTwoLevels() ? runNames(job) : []
  }
  func needs(_ job: BuildJob) -> TaskNeeds { job.fineAssignmentNeeds }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let count = FineLevels.coarseClusters(try job.fineClusters())
    try assign(
      tasks, to: try job.readTrained(job.paths(of: .coarseTrain)[0], count: count),
      of: job.searched(), job, run)
  }
  func conclude(_ job: BuildJob) throws(WinnowError) {
    if try job.hasTwoLevels() { try checkRuns(hold: job.searched(), job) }
  }
}

extension BuildJob {
  /// A task that finds the fine clusters of rows, or the coarse ones.
  var fineAssignmentNeeds: TaskNeeds {
    let one = shape.single
    return TaskNeeds(
      threads: 1, memory: one.assignment(one.searchedAtOnce) + one.candidateBytes)
  }
}

/// How fine clusters are shared among coarse ones.  A row's fine cluster is the nearest of its coarse
/// cluster's.
package struct FineLevels: Sendable {
  /// Where each coarse cluster's fine ones begin, and the end of the last.
  package let offsets: [Int]

  /// Coarse clusters of so many fine ones.
  package static func coarseClusters(_ fine: Int) -> Int {
    var root = Int(Double(fine).squareRoot())
    while root * root < fine { root += 1 }
    return root
  }

  /// In proportion to the rows, at least one where there are any: the largest remainders are rounded
  /// up, ties the lower number.  Where that makes too many, the largest numbers become smaller.
  ///
  /// - Parameters:
  ///   - sizes: rows of each coarse cluster, `fine` in all or more; no more of them have rows.
  package init(sizes: [Int], fine: Int) {
    let total = sizes.reduce(0, +)
    precondition(fine <= total)
    let shares = sizes.map { size in
      total.dividingFullWidth(size.multipliedFullWidth(by: fine))
    }
    var counts = zip(sizes, shares).map { $0 == 0 ? 0 : max(1, $1.quotient) }
    var missing = fine - counts.reduce(0, +)
    // Those that were given one at least have got more than their share.
    let order = shares.indices.filter { counts[$0] == shares[$0].quotient }.sorted {
      shares[$0].remainder != shares[$1].remainder
        ? shares[$0].remainder > shares[$1].remainder : $0 < $1
    }
    for cluster in order.prefix(max(0, missing)) {
      counts[cluster] += 1
      missing -= 1
    }
    while missing < 0 {
      let most = counts.max()!
      counts[counts.firstIndex(of: most)!] -= 1
      missing += 1
    }
    offsets = counts.reduce(into: [0]) { $0.append($0.last! + $1) }
  }

  /// For the clusters of an assignment.
  init(coarse runs: [String], fine: Int) throws(WinnowError) {
    var sizes = [Int](repeating: 0, count: Self.coarseClusters(fine))
    for path in runs {
      let ends = try AssignedRun(path).offsets(sizes.indices)
      for cluster in sizes.indices { sizes[cluster] += Int(ends[cluster + 1] - ends[cluster]) }
    }
    self.init(sizes: sizes, fine: fine)
  }

  var coarse: Int { offsets.count - 1 }
  var fine: Int { offsets[coarse] }

  func count(_ cluster: Int) -> Int { offsets[cluster + 1] - offsets[cluster] }
}

extension AssignedRun {
  /// The rows of a cluster, as the data set numbers them.
  func rows(of cluster: Int) throws(WinnowError) -> [Int] {
    try rows(try places(of: cluster)).map { firstRow + Int($0) }
  }
}
