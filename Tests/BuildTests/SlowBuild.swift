// A whole build as the method words it: training rows by hash, greedy k-means++, spherical
// k-means, assignment, order and scores.

import BuildSupport
import Foundation
import TestSupport

struct SlowBuild {
  var centroids: [SlowVector] = []
  var members: [Int] = []
  var distances: [Float] = []
  var offsets = [0]
  var dIntra: [Double] = []
  var dInter: [Double] = []
  var objective = 0.0
  var trainingRows: [Int] = []

  var complexity: [Double] { zip(dIntra, dInter).map { $1 * $0 } }

  /// - Parameters:
  ///   - rows: nil for one that cannot be used.
  ///   - training: how many rows train at most; nil for all.
  ///   - given: centroids to use instead of training.
  init(
    _ rows: [[Double]?], clusters: Int, training: Int?, iterations: Int = 25, seed: UInt64 = 1,
    neighbours: Int = 20, given: [SlowVector]? = nil
  ) {
    let candidates = rows.indices.filter { rows[$0] != nil }
    let vectors = rows.map { $0.map { SlowVector(scaling: $0) } }
    func byHash(_ rows: [Int]) -> [Int] {
      rows.sorted { slowHash(seed, UInt64($0)) < slowHash(seed, UInt64($1)) }
    }
    if let given {
      centroids = given
    } else {
      trainingRows = byHash(candidates).prefix(training ?? .max).sorted()
      let subset = byHash(trainingRows).prefix(16 * clusters).sorted()
      let second = slowHash(seed, .max)
      let chosen = SlowKMeans.initialRows(
        subset.map { vectors[$0]! }, count: clusters, trials: 4
      ) { slowHash(second, UInt64($0)) }
      let slots = chosen.map { trainingRows.firstIndex(of: subset[$0])! }
      centroids =
        SlowKMeans(trainingRows.map { vectors[$0]! }, initial: slots, iterations: iterations)
        .centroids
    }
    let answers = vectors.map { $0?.nearest(of: centroids) }
    var total: Int128 = 0
    for cluster in centroids.indices {
      let own = candidates.filter { answers[$0]!.cluster == cluster }.sorted {
        let (a, b) = (answers[$0]!.distance, answers[$1]!.distance)
        return a != b ? a > b : $0 < $1
      }
      members += own
      distances += own.map { answers[$0]!.distance }
      offsets.append(members.count)
      let sum = own.reduce(Int128(0)) {
        $0 + Int128((Double(answers[$1]!.distance) * 0x1p40).rounded(.toNearestOrEven))
      }
      total += sum
      dIntra.append(own.isEmpty ? 0 : Double(sum) / 0x1p40 / Double(own.count))
    }
    dInter = slowMeanDistances(centroids, neighbours: neighbours)
    objective = 1 - Double(total) / 0x1p40 / Double(candidates.count)
  }
}
