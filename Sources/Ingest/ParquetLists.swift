// Embeddings in a Parquet column of lists, a row an item: what NeMo Curator writes (`id`,
// `embeddings`).  Everything else in the files is metadata.

import Foundations
import Storage

struct ParquetLists {
  private let files: [String]
  private let options: IngestOptions

  /// Names of the column that are tried where none was asked for.
  private static let usualNames = ["embeddings", "embedding"]

  /// - Parameter input: a `.parquet` file, or a folder with some (natural order, top level).
  init(_ input: String, _ options: IngestOptions) throws(WinnowError) {
    self.options = options
    files = pathKind(input) == .folder ? try Layout.files(".parquet", in: input) : [input]
  }

  /// - Throws: ``WinnowError`` when a file has no such column, or one of something else.
  func shards() throws(WinnowError) -> [EmbeddingShard] {
    let program = try DuckDB(options, for: files[0])
    let summaries = try program.summaries(of: files)
    let name = try columnName(summaries[0])
    let elements = try files.indices.map { (index) throws(WinnowError) in
      try Self.element(of: name, in: summaries[index], files[index])
    }
    let lengths = try program.firstLengths(of: files, name, rows: summaries.map { $0.rows ?? 0 })
    // Files without rows say nothing about the width.
    let width = lengths.lazy.compactMap { $0 }.first ?? 1
    return files.enumerated().map { index, file in
      EmbeddingShard(
        path: file, rows: summaries[index].rows ?? 0, dimensions: lengths[index] ?? width,
        element: elements[index], dataOffset: 0,
        metadata: MetadataFile(path: file, format: .parquet), form: .listColumn(name))
    }
  }

  private func columnName(_ summary: DuckDB.Summary) throws(WinnowError) -> String {
    if let name = options.embedding { return name }
    let lists = summary.columns.filter { DuckDB.listElement(summary.types[$0] ?? "") != nil }
    if let name = Self.usualNames.first(where: lists.contains) { return name }
    if lists.count == 1 { return lists[0] }
    throw .embeddingMissing(files[0], "embeddings", lists.isEmpty ? summary.columns : lists)
  }

  private static func element(
    of name: String, in summary: DuckDB.Summary, _ file: String
  ) throws(WinnowError) -> EmbeddingElement {
    guard let type = summary.types[name] else {
      throw .embeddingMissing(file, name, summary.columns)
    }
    guard let element = DuckDB.listElement(type) else {
      throw WinnowError(
        path: file,
        fault:
          "expected lists of float32 or float64 numbers in the column '\(name)', found \(type)",
        remedy: "choose another column with --embedding")
    }
    return element
  }
}
