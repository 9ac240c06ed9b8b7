// names.json: what each concept is called.
//
// Two passes over few captions: a sample of all rows says how frequent a term is anywhere, then each
// concept chooses among the terms of its nearest rows.  Memory is bounded by the sample and by one
// concept for each thread, however large the data set.

import Foundations
import Pruning
import Storage
import Synchronization
import Tasks
import TextSearch
import Workspace

extension StageName { package static let name = StageName("name") }

struct NamesStage: SingleStage, BuildStage {
  let name = StageName.name

  func after(_ job: BuildJob) -> [StageName] { [.sort, .metadata] }
  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.sharedSortingNeeds }
  func bytes(_ job: BuildJob) -> Int { 600 * (job.parameters.clusters + (1 << 10)) }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let k = job.shape.clusters
    let hasKeys = job.dataset.columns?.key != nil
    return StageForecast(
      tasks: 1, disk: 500 * k,
      seconds: hasKeys ? Double(k) / 500 / rates.cores : Double(job.shape.rows) / 50e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    try ConceptNaming(job, run).write()
    return job.parameters.clusters
  }
}

/// Rows of a concept that name it: those nearest its centroid.
private let rowsOfConcept = 1000
/// Rows that stand for all: the candidates of the smallest hashes.
private let rowsOfBackground = 1 << 16

/// Names the concepts of a build whose members are sorted.
struct ConceptNaming: Sendable {
  private let job: BuildJob
  private let run: StageRun
  private let members: MemberRows
  private var clusters: Int { job.parameters.clusters }

  init(_ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    (self.job, self.run) = (job, run)
    members = try MemberRows(
      job.path("members.npy"), rows: job.dataset.rows, candidates: job.totals().candidates)
  }

  func write() throws(WinnowError) {
    report(0)
    let sources = try sources()
    let sample = sources.isEmpty ? [] : try backgroundRows()
    var (names, used) = ([[Term]](repeating: [], count: clusters), "none")
    for source in sources {
      let background = try count(sample, source)
      if background.texts == 0 { continue }
      (names, used) = (try choose(source, background), source.name)
      break
    }
    try run.files.write("names.json", ConceptNames.json(names, source: used))
  }

  private func report(_ done: Int) {
    job.graph.report(.name, done: done, total: clusters, unit: "concepts")
  }

  private struct Source: Sendable {
    var name: String
    var text: @Sendable (_ row: Int) throws(WinnowError) -> String
  }

  /// Captions first; keys of 32 hexadecimal digits have no words.
  private func sources() throws(WinnowError) -> [Source] {
    let (columns, rows) = (try job.metadata().columns, job.dataset.rows)
    var sources: [Source] = []
    if columns.caption != nil {
      let captions = try StringColumn(folder: job.path("captions"), rows: rows)
      sources.append(
        Source(name: "captions") { (row) throws(WinnowError) in try captions.text(row) })
    }
    if columns.keyKind == "text" {
      let keys = try KeyColumn(folder: job.path("keys"), kind: "text", rows: rows)
      sources.append(
        Source(name: "keys") { (row) throws(WinnowError) in pathParts(try keys.text(row)) })
    }
    return sources
  }

  /// The candidates with the smallest hashes, ascending.
  ///
  /// On one thread: the ceiling falls so fast that few rows are ever held, where several threads
  /// would each hold and sort their own.
  private func backgroundRows() throws(WinnowError) -> [Int] {
    var smallest = SmallestHashes(limit: rowsOfBackground)
    for position in 0..<members.count {
      if position & 0xFFFFF == 0, run.isCancelled() { throw .interrupted }
      let row = UInt64(try members.row(position))
      smallest.offer(splitmix64(seed: 0, row: row), row: row)
    }
    return smallest.rows()
  }

  private func count(_ sample: [Int], _ source: Source) throws(WinnowError) -> TermFrequencies {
    let block = 1024
    let total = Mutex<(texts: Int, occurrences: [UInt64])>((0, []))
    try parallel(
      tasks: (sample.count + block - 1) / block, threads: run.threads,
      isCancelled: run.isCancelled
    ) { (_, task) throws(WinnowError) in
      var words = CaptionWords()
      var texts = 0
      var occurrences: [UInt64] = []
      var seen = Set<UInt64>()
      for row in sample[(task * block)..<min(sample.count, (task + 1) * block)] {
        let text = try source.text(row)
        if isBlank(text) { continue }
        texts += 1
        seen.removeAll(keepingCapacity: true)
        words.scan(text)
        words.forEachTerm { hash, _ in
          if seen.insert(hash).inserted { occurrences.append(hash) }
        }
      }
      // Sorted later, so the order of arrival leaves no trace.
      total.withLock {
        $0.texts += texts
        $0.occurrences += occurrences
      }
    }
    if run.isCancelled() { throw .interrupted }
    let counted = total.withLock { state in
      defer { state.occurrences = [] }
      return state
    }
    return TermFrequencies(texts: counted.texts, occurrences: counted.occurrences)
  }

  private func choose(
    _ source: Source, _ background: TermFrequencies
  ) throws(WinnowError) -> [[Term]] {
    let offsets = try MappedArray<UInt64>(
      job.path("offsets.npy"), type: .uint64, shape: [clusters + 1])
    let state = Mutex((names: [[Term]](repeating: [], count: clusters), done: 0))
    try parallel(tasks: clusters, threads: run.threads, isCancelled: run.isCancelled) {
      (_, cluster) throws(WinnowError) in
      let (begin, end) = (Int(offsets[cluster]), Int(offsets[cluster + 1]))
      var texts: [String] = []
      // Members lie farthest first.
      for position in (max(begin, end - rowsOfConcept)..<end).reversed() {
        texts.append(try source.text(try members.row(position)))
      }
      var choice = TermChoice()
      let terms = choice.choose(
        texts, share: Double(end - begin) / Double(members.count), background: background)
      state.withLock {
        $0.names[cluster] = terms
        $0.done += 1
        report($0.done)
      }
    }
    if run.isCancelled() { throw .interrupted }
    return state.withLock { $0.names }
  }
}

/// A path without its ending, which all files of a kind share.
package func pathParts(_ key: String) -> String {
  guard let dot = key.lastIndex(of: "."), dot != key.startIndex,
    !key[dot...].contains("/")
  else { return key }
  return String(key[..<dot])
}
