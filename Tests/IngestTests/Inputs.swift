// Inputs for the tests of this folder, and the readers that take everything at once.

import Foundation
import Foundations
import Ingest
import TestSupport

/// One row's metadata; an empty caption counts as none, NaN similarities as nil.
struct Row: Equatable {
  var key: String?
  var caption: String?
  var similarity: Float?

  /// Byte for byte: to Swift's strings `é` equals `e` with an accent.
  static func == (left: Row, right: Row) -> Bool {
    left.key.map { Array($0.utf8) } == right.key.map { Array($0.utf8) }
      && left.caption.map { Array($0.utf8) } == right.caption.map { Array($0.utf8) }
      && left.similarity == right.similarity
  }
}

extension TemporaryFolder {
  /// Writes a clip-retrieval shard of `rows` rows with `metadata` as its file's text.
  func shard(
    _ number: Int, rows: Int, dimensions: Int = 2, _ metadata: [UInt8]? = nil,
    _ format: MetadataFile.Format = .csv, in folder: String = "in"
  ) throws {
    try write(
      "\(folder)/img_emb/img_emb_\(number).npy", npyFile(rows: rows, dimensions: dimensions))
    if let metadata {
      try write("\(folder)/metadata/metadata_\(number).\(format.rawValue)", metadata)
    }
  }

  func shard(
    _ number: Int, rows: Int, _ metadata: String, _ format: MetadataFile.Format = .csv,
    in folder: String = "in"
  ) throws {
    try shard(number, rows: rows, Array(metadata.utf8), format, in: folder)
  }
}

/// The columns of numbers of a data set by name, nil where a value is missing.
func allNumbers(
  _ input: String, _ options: IngestOptions = options()
) throws -> [String: [Double?]] {
  let dataset = try Dataset.discover([input], options)
  let names = dataset.columns?.numeric ?? []
  var found: [String: [Double?]] = [:]
  for shard in dataset.shards.indices {
    try dataset.readMetadata(of: shard, options) { block in
      guard block.numeric.map(\.count) == names.map({ _ in block.rows }) else {
        throw RunFailure("\(block.numeric.map(\.count)) values in \(block.rows) rows")
      }
      for (name, values) in zip(names, block.numeric) {
        found[name, default: []] += values.map { $0.isNaN ? nil : $0 }
      }
    }
  }
  return found
}

/// The options of these tests: the environment as it is.
func options(
  key: String? = nil, caption: String? = nil, similarity: String? = nil
) -> IngestOptions {
  IngestOptions(
    key: key, caption: caption, similarity: similarity,
    environment: ProcessInfo.processInfo.environment)
}

/// All metadata of a data set in row order.
func allRows(_ dataset: Dataset, _ options: IngestOptions) throws -> [Row] {
  var rows: [Row] = []
  for shard in dataset.shards.indices {
    var next = 0
    try dataset.readMetadata(of: shard, options) { block in
      guard block.firstRow == next, block.rows > 0 else {
        throw RunFailure("block \(block.range) where row \(next) was next")
      }
      next += block.rows
      for index in 0..<block.rows {
        let similarity = block.similarity.isEmpty ? .nan : block.similarity[index]
        rows.append(
          Row(
            key: block.keyOffsets.isEmpty ? nil : block.key(index),
            caption: block.captionOffsets.isEmpty ? nil : block.caption(index),
            similarity: similarity.isNaN ? nil : similarity))
      }
    }
  }
  return rows
}

func allRows(_ input: String, _ options: IngestOptions = options()) throws -> [Row] {
  try allRows(Dataset.discover([input], options), options)
}

/// The message of the error that `body` throws, `FOLDER` standing for the temporary folder.
func message(_ folder: TemporaryFolder, _ body: () throws -> Void) -> String {
  do { try body() } catch let error as WinnowError {
    return error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
  } catch { return "another kind of error: \(error)" }
  return "no error"
}

/// What discovering `inputs` (names inside the folder) complains about.
func complaint(
  _ folder: TemporaryFolder, _ inputs: [String] = ["in"], _ options: IngestOptions = options()
) -> String {
  message(folder) { _ = try Dataset.discover(inputs.map { folder($0) }, options) }
}

/// What reading all metadata of `in` complains about.
func readingComplaint(_ folder: TemporaryFolder, _ options: IngestOptions = options()) -> String {
  message(folder) { _ = try allRows(folder("in"), options) }
}

extension Dataset {
  /// Gives every block of one shard to `sink`, in row order.
  func readMetadata(
    of shard: Int, _ options: IngestOptions, _ sink: (MetadataBlock) throws -> Void
  ) throws {
    var stream = try MetadataStream(self, shard: shard, options)
    var block = MetadataBlock()
    while try stream.next(into: &block) { try sink(block) }
  }
}

extension MetadataBlock {
  var range: Range<Int> { firstRow..<firstRow + rows }

  func key(_ index: Int) -> String {
    String(decoding: keyBytes[keyOffsets[index]..<keyOffsets[index + 1]], as: UTF8.self)
  }

  /// Nil where the row has none.
  func caption(_ index: Int) -> String? {
    let range = captionOffsets[index]..<captionOffsets[index + 1]
    return range.isEmpty ? nil : String(decoding: captionBytes[range], as: UTF8.self)
  }
}
