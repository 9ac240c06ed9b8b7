import Build
import Clustering
import Foundation
import Ingest
import Manifests
import Pruning
import TestSupport
import Workspace

/// A small workspace, its keys, and exports of it.
struct SampleWorkspace {
  enum Keys { case awkward, hex, none, lineBreak, withNumbers, similar, repeated }

  let folder: TemporaryFolder
  let workspace: OpenWorkspace
  let keys: [String]

  /// Keys that CSV and JSON must quote; bytes that are one Character with a mark behind them.
  private static let awkward = [
    "a,b", "say \"hi\"", "\"", "\"\u{301}x", "back\\slash", "tab\there", "\u{1}\u{1F}\u{7F}",
    "\u{E9}",
    "\u{1F600}", "{}", " ", "'", "#", "e\u{301}", "\u{2028}",
  ]

  /// - Parameters:
  ///   - shards: files that the rows are split over; the last one gets the rest.
  ///   - invalid: whether every ninth row, from row 4 on, is zero and so no candidate.
  init(
    _ kind: Keys = .awkward, rows: Int = 60, shards: Int = 1, invalid: Bool = false,
    clusters: Int = 6, seed: UInt64 = 12
  ) throws {
    let folder = try TemporaryFolder()
    keys = (0..<rows).map { row in
      switch kind {
      case .awkward: Self.awkward[row % Self.awkward.count] + (row < 15 ? "" : "\(row)")
      case .lineBreak: row == 7 ? "two\nlines" : row == 8 ? "carriage\rreturn" : "k\(row)"
      case .none: "\(row)"
      case .withNumbers, .similar: "k\(row)"
      case .repeated: "k\(row % 20)"
      case .hex:
        [UInt64(row % 50), .max - UInt64(row % 7)].map { number in
          let digits = String(slowHash(9, number), radix: 16)
          return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
      }
    }
    var random = SeededRandom(seed)
    let values = (0..<rows).map { row in
      let vector = random.components(3)
      return invalid && row % 9 == 4 ? [0, 0, 0] : vector
    }
    for shard in 0..<shards {
      let range = rows / shards * shard..<(shard == shards - 1 ? rows : rows / shards * (shard + 1))
      try folder.write(
        "in/img_emb/img_emb_\(shard).npy",
        npyFile(rows: range.count, dimensions: 3, values: values[range].flatMap { $0 }))
      try Self.writeMetadata(kind, Array(keys[range]), to: folder, shard)
    }
    var parameters = BuildParameters(
      inputs: [folder(kind == .none ? "in/img_emb" : "in")], output: folder("ws"),
      clusters: clusters, threads: 1, instructions: .best, ingest: IngestOptions(environment: [:]),
      version: "test")
    parameters.skipInvalid = invalid
    _ = try buildWorkspace(parameters)
    workspace = try OpenWorkspace(path: folder("ws"))
    self.folder = folder
  }

  /// The similarity of a row: ties, both signs, both zeros and missing ones.
  static func similarity(_ row: Int) -> Float? {
    row % 11 == 3 ? nil : row % 7 == 0 ? (row % 2 == 0 ? 0 : -0.0) : Float(row * 5 % 9 - 4) / 4
  }

  private static func writeMetadata(
    _ kind: Keys, _ keys: [String], to folder: TemporaryFolder, _ shard: Int
  ) throws {
    if kind != .none {
      let lines = keys.map { key in
        "\""
          + String(
            String.UnicodeScalarView(key.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }))
          + "\"\n"
      }
      let text =
        kind == .similar
        ? "key,similarity\n"
          + keys.map { key in
            "\(key),\(similarity(Int(key.dropFirst())!).map { "\($0)" } ?? "")\n"
          }.joined()
        : kind == .withNumbers
          ? "key,\"a,\"\"b\",none\n"
            + keys.enumerated().map { "\($1),\($0 / 2),\($0 == 0 ? "1" : "")\n" }.joined()
          : "key\n" + lines.joined()
      try folder.write("in/metadata/metadata_\(shard).csv", text)
    }
  }

  /// Where `duckdb` is: Tests/run.sh puts it on PATH.
  static let programs = IngestOptions(environment: ProcessInfo.processInfo.environment)

  func plan(_ target: Int = 23, order: Order = .hardest) -> Plan {
    var plan = Plan(target: target)
    plan.order = order
    return plan
  }

  @discardableResult
  func export(
    _ format: ManifestFormat, _ plan: Plan? = nil, to name: String = "list", force: Bool = false,
    threads: Int = 1, window: Int? = nil, complement: Bool = false,
    progress: @escaping (Double) -> Bool = { _ in true }
  ) throws -> ManifestSummary {
    var request = ManifestRequest(
      workspace: workspace, choice: .plan(plan ?? self.plan()),
      lists: [.init(format: format, output: folder(name))], force: force, threads: threads)
    if let window { request.window = window }
    request.isComplement = complement
    request.programs = Self.programs
    return try Manifests.export(
      request, standardOutput: { _ in preconditionFailure("nothing goes to standard output") },
      progress: progress)[0]
  }

  /// The bytes of a list and its header: all files whose names begin with the list's.
  func files(_ name: String = "list") throws -> [String: [UInt8]] {
    try contents(below: folder.path).filter { $0.key.hasPrefix(name) }
  }

  func bytes(_ name: String = "list") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder(name))))
  }

  /// The header of a list as another reader of JSON understands it.
  func header(_ name: String = "list") throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(bytes(name + ".winnow.json")))
    guard let fields = object as? [String: Any] else { throw RunFailure("no object") }
    return fields
  }

  /// What a list says of each kept row, found by looking at every member.
  struct Record: Equatable {
    var row: Int
    var key: String
    var concept: Int
    var distance: Float
    var rank: Int
  }

  func kept(_ plan: Plan) throws -> RowSet {
    let quotas = try QuotaSolver(scores: workspace.scores).solve(plan).quota
    return try workspace.keptRows(quotas, plan, threads: 1)
  }

  func records(_ plan: Plan) throws -> [Record] { try records(of: kept(plan)) }

  /// The records of those of some rows that are candidates.
  func records(of rows: RowSet) throws -> [Record] {
    var records: [Record] = []
    for concept in 0..<workspace.clusters {
      for position in workspace.offset(concept)..<workspace.offset(concept + 1) {
        let row = try workspace.row(at: position)
        guard rows.contains(row) else { continue }
        records.append(
          Record(
            row: row, key: keys[row], concept: concept,
            distance: try workspace.distance(at: position),
            rank: position - workspace.offset(concept)))
      }
    }
    return records.sorted { $0.row < $1.row }
  }
}

/// The text of the error that `body` throws, or nil.
func refusal(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return "\(error)" }
  return nil
}
