// Small data sets and builds of them.

import Build
import Clustering
import Foundation
import Ingest
import Tasks
import TestSupport
import Workspace

/// Rows around a few directions, some of them twice.
package func clumpedRows(_ count: Int, dimensions: Int, clumps: Int = 5, seed: UInt64 = 1)
  -> [[Float]]
{
  var random = SeededRandom(seed)
  let centres = (0..<clumps).map { _ in random.components(dimensions, bits: 6) }
  var rows: [[Float]] = []
  for row in 0..<count {
    if row % 7 == 6 {
      rows.append(rows[Int.random(in: 0..<row, using: &random)])
      continue
    }
    // Few bits, so that a float16 holds every component.
    let centre = centres[Int.random(in: 0..<clumps, using: &random)]
    rows.append(zip(centre, random.components(dimensions, bits: 6)).map { $0 + $1 / 4 })
  }
  return rows
}

package func npyFile(_ rows: [[Float]], _ dimensions: Int) -> [UInt8] {
  npyFile(rows: rows.count, dimensions: dimensions, values: rows.flatMap { $0 })
}

extension TemporaryFolder {
  /// Writes `NAME.npy`; returns its path.
  package func shard(_ name: String, _ rows: [[Float]]) throws -> String {
    try write(name + ".npy", npyFile(rows, rows[0].count))
  }

  /// Writes a clip-retrieval folder with one shard for each element of `shards`.
  package func clipRetrieval(
    _ name: String, _ shards: [[[Float]]], metadata: (_ shard: Int) -> String
  ) throws -> String {
    for (number, rows) in shards.enumerated() {
      try write("\(name)/img_emb/img_emb_\(number).npy", npyFile(rows, rows[0].count))
      try write("\(name)/metadata/metadata_\(number).csv", metadata(number))
    }
    return self(name)
  }

  /// Builds the workspace `name`.
  @discardableResult
  package func build(
    _ inputs: [String], to name: String = "ws", clusters: Int = 4, threads: Int = 1,
    observer: BuildObserver = BuildObserver(), _ change: (inout BuildParameters) -> Void = { _ in }
  ) throws -> OpenWorkspace {
    var parameters = BuildParameters(
      inputs: inputs, output: self(name), clusters: clusters, threads: threads,
      instructions: .best,
      ingest: IngestOptions(environment: ProcessInfo.processInfo.environment), version: "test")
    change(&parameters)
    let summary = try buildWorkspace(parameters, observer: observer)
    return try OpenWorkspace(path: summary.path)
  }

  /// The identity's files of the workspace `name`: what must be the same for the same input.
  package func identity(_ name: String) throws -> [String: [UInt8]] {
    try contents(below: self(name)).filter {
      $0.key != "build-log.json" && !$0.key.hasPrefix("plans") && !$0.key.hasPrefix("stage")
    }
  }
}

/// The text of the error that `body` throws, or nil.
package func refusal(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return "\(error)" }
  return nil
}
