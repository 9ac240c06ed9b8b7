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

/// Rows of a concept that name it: those nearest its centroid.
private let rowsOfConcept = 1000
/// Rows that stand for all: the candidates of the smallest hashes.
private let rowsOfBackground = 1 << 16

/// Writes names.json.
func writeNames(
  _ columns: WorkspaceDescription.Columns, rows: Int, candidates: Int, clusters: Int,
  to staging: StagingFiles, threads: Int, isCancelled: @escaping @Sendable () -> Bool,
  progress: @escaping @Sendable (_ concepts: Int) -> Void
) throws(WinnowError) {
  progress(0)
  let folder = staging.folder
  let members = try MemberRows(folder + "/members.npy", rows: rows, candidates: candidates)
  let sources = try NameSource.available(columns, folder: folder, rows: rows)
  let sample = sources.isEmpty ? [] : try backgroundRows(members, isCancelled)
  var source = NameSource.none
  var background = TermFrequencies(texts: 0, occurrences: [])
  for candidate in sources {
    background = try count(sample, candidate, threads, isCancelled)
    source = candidate
    if background.texts > 0 { break }
  }
  var names = [[Term]](repeating: [], count: clusters)
  if background.texts > 0 {
    let offsets = try MappedArray<UInt64>(
      folder + "/offsets.npy", type: .uint64, shape: [clusters + 1])
    names = try choose(
      members, offsets, source, background, threads, isCancelled, progress)
  }
  try staging.write(
    "names.json",
    ConceptNames.json(names, source: background.texts > 0 ? source.name : "none"))
}

/// Where names come from.
private enum NameSource: Sendable {
  case none
  case captions(StringColumn)
  case keys(KeyColumn)

  var name: String {
    switch self {
    case .none: "none"
    case .captions: "captions"
    case .keys: "keys"
    }
  }

  /// Captions first; keys of 32 hexadecimal digits have no words.
  static func available(
    _ columns: WorkspaceDescription.Columns, folder: String, rows: Int
  ) throws(WinnowError) -> [NameSource] {
    var sources: [NameSource] = []
    if columns.caption != nil {
      sources.append(
        .captions(
          try StringColumn(folder: folder + "/captions", rows: rows)))
    }
    if columns.keyKind == "text" {
      sources.append(
        .keys(try KeyColumn(folder: folder + "/keys", kind: "text", rows: rows)))
    }
    return sources
  }

  func text(_ row: Int) throws(WinnowError) -> String {
    switch self {
    case .none: return ""
    case .captions(let column):
      return try column.text(row)
    case .keys(let column): return pathParts(try column.text(row))
    }
  }
}

/// A path without its ending, which all files of a kind share.
package func pathParts(_ key: String) -> String {
  guard let dot = key.lastIndex(of: "."), dot != key.startIndex,
    !key[dot...].contains("/")
  else { return key }
  return String(key[..<dot])
}

/// The candidates with the smallest hashes, ascending.
///
/// On one thread: the ceiling falls so fast that few rows are ever held, where several threads would
/// each hold and sort their own.
private func backgroundRows(
  _ members: MemberRows, _ isCancelled: () -> Bool
) throws(WinnowError) -> [Int] {
  var smallest = SmallestHashes(limit: rowsOfBackground)
  for position in 0..<members.count {
    if position & 0xFFFFF == 0, isCancelled() { throw .interrupted }
    let row = UInt64(try members.row(position))
    smallest.offer(splitmix64(seed: 0, row: row), row: row)
  }
  return smallest.rows()
}

private func count(
  _ sample: [Int], _ source: NameSource, _ threads: Int,
  _ isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> TermFrequencies {
  let block = 1024
  let total = Mutex<(texts: Int, occurrences: [UInt64])>((0, []))
  try parallel(
    tasks: (sample.count + block - 1) / block, threads: threads,
    isCancelled: isCancelled
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
  if isCancelled() { throw .interrupted }
  let counted = total.withLock { state in
    defer { state.occurrences = [] }
    return state
  }
  return TermFrequencies(texts: counted.texts, occurrences: counted.occurrences)
}

private func choose(
  _ members: MemberRows, _ offsets: MappedArray<UInt64>, _ source: NameSource,
  _ background: TermFrequencies, _ threads: Int, _ isCancelled: @escaping @Sendable () -> Bool,
  _ progress: @Sendable (_ concepts: Int) -> Void
) throws(WinnowError) -> [[Term]] {
  let clusters = offsets.elements.count - 1
  let state = Mutex((names: [[Term]](repeating: [], count: clusters), done: 0))
  try parallel(tasks: clusters, threads: threads, isCancelled: isCancelled) {
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
      progress($0.done)
    }
  }
  if isCancelled() { throw .interrupted }
  return state.withLock { $0.names }
}
