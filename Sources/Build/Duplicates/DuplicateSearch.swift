// How the search for near duplicates is divided into tasks, and one worker of it.

import Clustering
import Foundations
import Storage
import Tasks

/// How fine clusters are grouped to tasks; it depends on their sizes only.
struct DuplicateTasks: Sendable {
  let fine: FineClusters
  /// Clusters of each task.
  private(set) var clusters: [Range<Int>] = []

  /// A cluster of so many rows keeps several threads busy.
  static let sharedRows = 1 << 15

  /// Rows of a task, about, where so many are searched.
  static func rowsPerTask(_ candidates: Int) -> Int { max(1 << 13, (candidates + 4095) / 4096) }

  init(_ fine: FineClusters) {
    self.fine = fine
    let wanted = Self.rowsPerTask(fine.candidates)
    var (start, rows) = (0, 0)
    for cluster in 0..<fine.count {
      let size = fine.size(cluster)
      let isAlone = size >= Self.sharedRows
      if cluster > start, isAlone || rows > 0 && rows + size > wanted {
        clusters.append(start..<cluster)
        (start, rows) = (cluster, 0)
      }
      rows += size
      if isAlone {
        clusters.append(start..<cluster + 1)
        (start, rows) = (cluster + 1, 0)
      }
    }
    if start < fine.count { clusters.append(start..<fine.count) }
  }

  func rows(_ task: Int) -> Int {
    fine.offsets[clusters[task].upperBound] - fine.offsets[clusters[task].lowerBound]
  }

  /// Whether all threads search in a task's only cluster.
  func isShared(_ task: Int) -> Bool {
    clusters[task].count == 1 && rows(task) >= Self.sharedRows
  }
}

/// One worker: its buffers serve many clusters.
final class ClusterSearcher: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  private let fine: FineClusters
  private let criterion: DuplicateCriterion
  private let run: StageRun
  private let finder: DuplicateFinder
  private let buffer: BlockBuffer

  init(_ job: BuildJob, _ fine: FineClusters, memory: Int, threads: Int, _ run: StageRun) {
    self.fine = fine
    self.run = run
    criterion = job.deduplication.criterion
    finder = DuplicateFinder(
      dimensions: job.dataset.dimensions, memory: memory, threads: threads,
      instructions: job.instructions)
    buffer = BlockBuffer(job)
  }

  func search(_ clusters: Range<Int>, to path: String) throws(WinnowError) {
    var dropped: [DroppedRow] = []
    var close = 0
    for cluster in clusters where fine.size(cluster) > 0 {
      let rows = try fine.rows(cluster)
      let source = FineRows(rows: rows, buffer: buffer, isCancelled: run.isCancelled)
      var told = 0
      let found = try finder.find(in: source, around: try fine.middle(cluster), criterion) { done in
        run.progress(done - told)
        told = done
        return run.isCancelled()
      }
      guard let found else { throw .interrupted }
      run.progress(rows.count - told)
      close += found.closeDecisions
      for (place, twin) in found.twins.enumerated() where Int(twin) != place {
        dropped.append(
          DroppedRow(row: rows[place], twin: rows[Int(twin)], cosine: found.cosines[place]))
      }
    }
    try DroppedRows.write(dropped, closeDecisions: close, to: path)
  }
}

/// The rows of a fine cluster, read from the shards whenever they are asked for.
private struct FineRows: VectorSource {
  /// Rows of the data set in the order in which they are taken.
  let rows: [Int]
  let buffer: BlockBuffer
  let isCancelled: @Sendable () -> Bool

  var count: Int { rows.count }
  var dimensions: Int { buffer.vectors.dimensions }

  func load(_ places: [Int], into block: VectorBlock, worker: Int) throws(WinnowError) {
    // In the order of the shards, so that what lies close together is read at once.
    let slots = places.indices.map { (row: rows[places[$0]], slot: $0) }
      .sorted { $0.row < $1.row }
    let wanted = slots.map(\.row)
    for start in stride(from: 0, to: wanted.count, by: 4096) {
      if isCancelled() { throw .interrupted }
      try buffer.gatherCandidates(wanted, start..<min(start + 4096, wanted.count), into: block) {
        slots[$0].slot
      }
    }
  }
}

// What a task of the search leaves: the rows it drops, each with its twin, by row.

struct DroppedRow: Sendable {
  var row: Int
  var twin: Int
  var cosine: Double
}

/// The near duplicates that a task has found, on the disk, read in their order some at a time.
///
/// The file, little endian: u8 dropped rows, u8 close decisions, then rows u8 ascending, twins u8,
/// cosines f8, and the seal.
struct DroppedRows {
  private let path: String
  private let count: Int
  let closeDecisions: Int
  private let piece: Int
  private var next = 0
  private var held: ArraySlice<DroppedRow> = []
  private static let header = 16

  /// - Complexity: O(n log n)
  static func write(
    _ dropped: [DroppedRow], closeDecisions: Int, to path: String
  ) throws(WinnowError) {
    let sorted = dropped.sorted { $0.row < $1.row }
    let numbers =
      [UInt64(sorted.count), UInt64(closeDecisions)] + sorted.map { UInt64($0.row) }
      + sorted.map { UInt64($0.twin) } + sorted.map(\.cosine.bitPattern)
    try SealedFile.write(numbers, to: path)
  }

  /// - Parameter piece: rows that are read at once.
  /// - Throws: ``WinnowError`` when the file is not what a task leaves.
  init(_ path: String, piece: Int) throws(WinnowError) {
    let file = try InputFile(path)
    let (size, header) = (file.size, try file.elements(2, at: 0, of: UInt64.self))
    guard header[0] < UInt64(size), size == Self.header + 24 * Int(header[0]) + SealedFile.sealBytes
    else { throw SealedFile.changed(path) }
    (self.path, self.piece) = (path, piece)
    (count, closeDecisions) = (Int(header[0]), Int(header[1]))
  }

  /// Calls `body` with the rows below `end` that come next.
  mutating func forEach(
    below end: Int, _ body: (DroppedRow) -> Void
  ) throws(WinnowError) {
    while true {
      if held.isEmpty {
        guard next < count else { return }
        try readPiece()
      }
      while let first = held.first {
        guard first.row < end else { return }
        body(first)
        held.removeFirst()
      }
    }
  }

  private mutating func readPiece() throws(WinnowError) {
    let file = try InputFile(path)
    let size = min(piece, count - next)
    var columns: [[UInt64]] = []
    for column in 0..<3 {
      columns.append(try file.elements(size, at: Self.header + 8 * (column * count + next)))
    }
    let rows = (0..<size).map {
      DroppedRow(
        row: Int(columns[0][$0]), twin: Int(columns[1][$0]),
        cosine: Double(bitPattern: columns[2][$0]))
    }
    held = rows[...]
    next += size
  }
}
