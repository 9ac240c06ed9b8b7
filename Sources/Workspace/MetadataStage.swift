// Keys, captions and similarities, streamed into the workspace's columns; other numbers wait for
// the concepts.

import Clustering
import Foundations
import Ingest
import Storage

/// What the metadata came to.
struct MetadataResult: Codable, Sendable {
  var columns = WorkspaceDescription.Columns()
  /// The names of the files of the columns of numbers' values, below the staging folder.
  var numeric: [String] = []
}

/// - Parameter stage: the name of the folder for what is no part of the workspace.
func writeMetadata(
  _ dataset: Dataset, to staging: StagingFiles, stage: String, parameters: BuildParameters,
  observer: BuildObserver
) throws(WinnowError) -> MetadataResult {
  var result = MetadataResult()
  guard let columns = dataset.columns else { return result }
  result.columns.key = columns.key
  result.columns.caption = columns.caption
  result.columns.similarity = columns.similarity
  let folder = staging.folder
  var keys = columns.key == nil ? nil : try KeyColumnWriter(folder: folder, rows: dataset.rows)
  var captions: StringColumnWriter? = nil
  if columns.caption != nil {
    try makeFolder(folder + "/captions")
    captions = try StringColumnWriter(folder: folder + "/captions", rows: dataset.rows)
  }
  var similarity: AtomicFile? = nil
  var numeric: [StagedColumn] = []
  if columns.similarity != nil {
    var file = try AtomicFile(folder + "/similarity.npy")
    try file.write(NpyHeader.bytes(.float32, shape: [dataset.rows]))
    similarity = consume file
  }
  if !columns.numeric.isEmpty {
    result.columns.numeric = columns.numeric
    for column in columns.numeric.indices {
      numeric.append(
        try StagedColumn("\(folder)/\(stage)/column-\(column).npy", rows: dataset.rows))
    }
  }
  let reader = MetadataReader(dataset, parameters.ingest)
  var block = MetadataBlock()
  var done = 0
  for shard in dataset.shards.indices {
    var stream = try reader.stream(shard)
    while try stream.next(into: &block) {
      if observer.isCancelled() { throw .interrupted }
      try keys?.append(block)
      if captions != nil {
        try captions?.append(bytes: block.captionBytes, offsets: block.captionOffsets)
      }
      if similarity != nil {
        try similarity?.write(elements: block.similarity)
      }
      for (column, values) in zip(numeric, block.numeric) { try column.append(values) }
      done += block.rows
      observer.progress(
        BuildProgress(stage: .metadata, done: done, total: dataset.rows, unit: "rows"))
    }
  }
  if keys != nil { result.columns.keyKind = try keys!.commit(to: staging) }
  if captions != nil {
    let seals = try captions!.commit()
    staging.record("captions/data.utf8", seals.data)
    staging.record("captions/offsets.npy", seals.offsets)
  }
  if similarity != nil {
    let seal = try similarity!.commit()
    staging.record("similarity.npy", seal)
  }
  for (number, column) in numeric.enumerated() {
    let name = "\(stage)/column-\(number).npy"
    staging.record(name, try column.finish())
    result.numeric.append(name)
  }
  return result
}
