// Training alone, timed: the choice of the first centroids and the rounds, on rows that are in
// memory, as a build has them.

import ArgumentParser
import Clustering
import FoundationEssentials
import Pruning
import Storage

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Time k-means on the first rows of a file.")

  @Argument(help: "A .npy file of rows.")
  var rows: String

  @Option(help: "The number of concepts, k.")
  var clusters: Int

  @Option(help: "Training rows, from the beginning of the file (default: 256 times the clusters).")
  var trainingRows: Int?

  @Option(help: "Rounds at most.")
  var iterations = 25

  @Option(help: "Threads.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "The kernels, as of winnow build.")
  var kernels: String?

  @Option(help: "Seed of the first centroids.")
  var seed: UInt64 = 1

  @Option(help: "Timed runs.")
  var `repeat` = 3

  @Option(name: .customLong("out"), help: "A .npy file to write the centroids to (float32).")
  var output: String?

  func run() throws {
    let instructions = try instructionSet(kernels)
    let file = try EmbeddingFile(rows)
    let count = min(file.rows, trainingRows ?? 256 * clusters)
    guard count >= clusters else { throw Fault("\(rows): fewer rows than clusters") }
    let vectors = try file.vectors(count, instructions: instructions)
    var seconds: [Double] = []
    var seeding: [Double] = []
    var result: TrainingResult?
    for _ in 0..<max(1, `repeat`) {
      var initial: [Int] = []
      let start = elapsed { initial = firstCentroids(vectors, instructions) }
      let rounds = elapsed {
        let parameters = TrainingParameters(
          clusters: clusters, iterations: iterations, threads: threads,
          instructions: instructions)
        let start = TrainingState(rows: vectors, initial: initial, parameters: parameters)
        result = trainSphericalKMeans(rows: vectors, from: start, parameters: parameters) {
          _, _, _ in true
        }
      }
      seeding.append(start)
      seconds.append(start + rounds)
    }
    let trained = result!
    if let output { try write(trained.centroids, to: output) }
    try printJSON(
      TrainReport(
        trainingRows: count, dimensions: vectors.dimensions, clusters: clusters,
        threads: threads, kernels: instructions.rawValue, seconds: seconds,
        seedingSeconds: seeding, medianSeconds: median(seconds),
        iterations: trained.iterations, converged: trained.converged))
  }

  /// As a build chooses them (Sources/Workspace/TrainingStage.swift), the rows being in no
  /// particular order: among the first 16 k.
  private func firstCentroids(_ rows: VectorBlock, _ instructions: InstructionSet) -> [Int] {
    let subset = VectorBlock(
      capacity: min(rows.capacity, 16 * clusters), dimensions: rows.dimensions)
    for slot in 0..<subset.capacity { subset.copy(slot, of: rows, to: slot) }
    let seed = splitmix64(seed: seed, row: .max)
    return chooseInitialRows(
      subset, count: clusters, trials: 4, threads: threads, instructions: instructions,
      random: { splitmix64(seed: seed, row: UInt64($0)) }, shouldStop: { false })!
  }

  private func write(_ centroids: Centroids, to path: String) throws {
    var output = try AtomicFile(path)
    try output.write(
      NpyHeader.bytes(.float32, shape: [centroids.count, centroids.dimensions]))
    try output.write(elements: centroids.components())
    _ = try output.commit()
  }
}

private struct TrainReport: Encodable {
  let trainingRows: Int
  let dimensions: Int
  let clusters: Int
  let threads: Int
  let kernels: String
  let seconds: [Double]
  let seedingSeconds: [Double]
  let medianSeconds: Double
  let iterations: Int
  let converged: Bool
}
