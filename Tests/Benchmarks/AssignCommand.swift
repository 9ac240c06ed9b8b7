// Rows to their nearest centroids, timed as a build does it: blocks by `pread` (from the page
// cache, which the untimed first run fills) into a buffer a thread, and then the search.  Beside it
// the kernel alone: rows in the cache that are quantised already.

import ArgumentParser
import Clustering
import FoundationEssentials
import Foundations
import Storage
import Synchronization

struct AssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign", abstract: "Time the search for every row's nearest centroid.")

  @Argument(help: "A .npy file of rows.")
  var rows: String

  @Option(help: "A .npy file of centroids.")
  var centroids: String

  @Option(help: "Threads.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "The kernels, as of winnow build.")
  var kernels: String?

  @Option(help: "Timed runs.")
  var `repeat` = 5

  @Option(help: "Runs before the timed ones.")
  var warmUp = 1

  @Option(name: .customLong("out"), help: "A .npy file to write the nearest centroids to (u4).")
  var output: String?

  func run() throws {
    let instructions = try instructionSet(kernels)
    let file = try EmbeddingFile(rows)
    let found = try readCentroids(centroids, instructions)
    guard found.dimensions == file.dimensions else {
      throw Fault("\(centroids): expected \(file.dimensions) dimensions")
    }
    let run = AssignmentRun(file, found, threads: threads)
    var seconds: [Double] = []
    for number in 0..<(warmUp + `repeat`) {
      let time = try elapsed { try run.run() }
      if number >= warmUp { seconds.append(time) }
    }
    if let output { try run.writeNearest(to: output) }
    let middle = median(seconds)
    let operations = 2 * Double(file.rows) * Double(found.count) * Double(file.dimensions)
    let kernel = try KernelRun(file, found, threads: threads).operationsPerSecond()
    let peak = Peak.best("int8", threads: threads)
    try printJSON(
      AssignReport(
        rows: file.rows, dimensions: file.dimensions, clusters: found.count, threads: threads,
        kernels: instructions.rawValue, seconds: seconds, medianSeconds: middle,
        rowsPerSecond: Double(file.rows) / middle, gopPerSecond: operations / middle / 1e9,
        int8PeakGopPerSecond: peak.map { $0 / 1e9 },
        shareOfInt8Peak: peak.map { operations / middle / $0 },
        kernelGopPerSecond: kernel / 1e9, kernelShareOfInt8Peak: peak.map { kernel / $0 },
        shareOfContestedRows: run.perRow(\.contestedRows),
        canonicalDotsPerRow: run.perRow(\.canonicalDots), meanCosine: run.meanCosine))
  }
}

private struct AssignReport: Encodable {
  let rows: Int
  let dimensions: Int
  let clusters: Int
  let threads: Int
  let kernels: String
  let seconds: [Double]
  let medianSeconds: Double
  let rowsPerSecond: Double
  let gopPerSecond: Double
  let int8PeakGopPerSecond: Double?
  let shareOfInt8Peak: Double?
  /// The search alone, without reading, widening, quantising and distances.
  let kernelGopPerSecond: Double
  let kernelShareOfInt8Peak: Double?
  /// Rows for which the screen left more than one centroid.
  let shareOfContestedRows: Double
  let canonicalDotsPerRow: Double
  let meanCosine: Double
}

func readCentroids(_ path: String, _ instructions: InstructionSet) throws -> Centroids {
  let file = try EmbeddingFile(path)
  guard file.element == .float32 else { throw Fault("\(path): expected float32 centroids") }
  var components = [Float](repeating: 0, count: file.rows * file.dimensions)
  let (count, dimensions) = (file.rows, file.dimensions)
  try components.withUnsafeMutableBytes { try file.read(0..<count, into: $0) }
  return Centroids(
    components: components, count: count, dimensions: dimensions, instructions: instructions)
}

/// Each thread's search over rows of its own, as many as lie in its cache when they are quantised.
private final class KernelRun: @unchecked Sendable {
  // Sound: each thread uses its own search.
  private let searches: [() -> Void]
  private let operations: Double
  private let nearest: UnsafeMutablePointer<UInt32>

  init(_ file: EmbeddingFile, _ centroids: Centroids, threads: Int) throws {
    let rows = min(file.rows, max(64, (1 << 19) / file.dimensions))
    let nearest = UnsafeMutablePointer<UInt32>.allocate(capacity: threads * rows)
    self.nearest = nearest
    searches = try (0..<threads).map { thread in
      centroids.search(
        of: try file.vectors(rows, instructions: centroids.instructions),
        nearest: nearest + thread * rows, scratch: AssignmentScratch())
    }
    operations = 2 * Double(rows) * Double(centroids.count) * Double(file.dimensions)
  }

  deinit { nearest.deallocate() }

  /// The median of nine runs of about a tenth of a second.
  func operationsPerSecond() -> Double {
    let once = max(1e-6, elapsed { searches[0]() })
    let rounds = max(1, Int(0.1 / once))
    return median(
      (0..<9).map { _ in
        let seconds = elapsed {
          onAll(searches.count) { thread in
            for _ in 0..<rounds { self.searches[thread]() }
          }
        }
        return operations * Double(rounds * searches.count) / seconds
      })
  }
}

/// The buffers of one search over a file, used again by every run.
private final class AssignmentRun: @unchecked Sendable {
  // Sound: each task writes its own rows and uses its worker's buffers.
  private let file: EmbeddingFile
  private let centroids: Centroids
  private let threads: Int
  private let buffers: [UnsafeMutableRawBufferPointer]
  private let scratch: [AssignmentScratch]
  private let nearest: UnsafeMutablePointer<UInt32>
  private let distances: UnsafeMutablePointer<Float>

  init(_ file: EmbeddingFile, _ centroids: Centroids, threads: Int) {
    let bytes = file.blockRows * file.bytesPerRow
    buffers = (0..<max(1, threads)).map { _ in .allocate(byteCount: bytes, alignment: 64) }
    scratch = (0..<max(1, threads)).map { _ in AssignmentScratch() }
    nearest = .allocate(capacity: max(1, file.rows))
    distances = .allocate(capacity: max(1, file.rows))
    self.file = file
    self.centroids = centroids
    self.threads = threads
  }

  deinit {
    for buffer in buffers { buffer.deallocate() }
    nearest.deallocate()
    distances.deallocate()
  }

  func run() throws {
    let blockRows = file.blockRows
    let failure = Mutex<WinnowError?>(nil)
    parallel(tasks: (file.rows + blockRows - 1) / blockRows, threads: threads) { worker, task in
      let range = task * blockRows..<min((task + 1) * blockRows, file.rows)
      do throws(WinnowError) {
        try file.read(range, into: buffers[worker])
        centroids.assign(
          bytes: UnsafeRawBufferPointer(buffers[worker]), element: file.element,
          count: range.count, nearest: nearest + range.lowerBound,
          distances: distances + range.lowerBound, scratch: scratch[worker]
        ) { _, _ in }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// A count of the search, by the rows searched in all runs.
  func perRow(_ count: KeyPath<AssignmentScratch, Int>) -> Double {
    let sum = scratch.reduce(0) { $0 + $1[keyPath: count] }
    return Double(sum) / Double(max(1, scratch.reduce(0) { $0 + $1.rows }))
  }

  /// 1 minus the mean distance of all rows.
  var meanCosine: Double {
    var sum = 0.0
    for row in 0..<file.rows { sum += Double(distances[row]) }
    return 1 - sum / Double(max(1, file.rows))
  }

  func writeNearest(to path: String) throws {
    var output = try AtomicFile(path)
    try output.write(NpyHeader.bytes(.uint32, shape: [file.rows]))
    try output.write(
      UnsafeRawBufferPointer(UnsafeBufferPointer(start: nearest, count: file.rows)))
    _ = try output.commit()
  }
}
