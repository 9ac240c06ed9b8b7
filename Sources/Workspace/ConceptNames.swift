// names.json, one concept a line: JSON for everybody, and lines for a reader in a hurry, who finds a
// concept's line and reads only that.

import Foundations
import Pruning
import Storage

/// The names of all concepts, read one at a time.
package final class ConceptNames: Sendable {
  private struct Line: Decodable {
    struct Entry: Decodable {
      var term: String
      var weight: Double
    }
    var terms: [Entry]
  }

  private let path: String
  private let file: MappedFile
  /// Where each concept's line begins, and the end of the last.
  private let starts: [Int]

  /// Terms of a concept at most.
  package static let mostTerms = 10

  package static func json(_ names: [[Term]], source: String) -> [UInt8] {
    var bytes = Array("{\"format\": 1, \"source\": \(jsonQuoted(source)), \"concepts\": [\n".utf8)
    for (cluster, terms) in names.enumerated() {
      let entries = terms.map { "{\"term\": \(jsonQuoted($0.text)), \"weight\": \($0.weight)}" }
      bytes += "{\"terms\": [\(entries.joined(separator: ", "))]}".utf8
      bytes += (cluster < names.count - 1 ? ",\n" : "\n").utf8
    }
    return bytes + Array("]}\n".utf8)
  }

  /// - Throws: ``WinnowError`` when the file has another number of lines than concepts.
  /// - Complexity: O(bytes), some milliseconds for 50,000 concepts.
  init(_ path: String, clusters: Int) throws(WinnowError) {
    self.path = path
    let file = try MappedFile(path)
    var starts: [Int] = []
    starts.reserveCapacity(clusters + 2)
    for (place, byte) in file.bytes.enumerated() where byte == 0x0A { starts.append(place + 1) }
    let last = file.bytes.suffix(3)
    guard starts.count == clusters + 2, last.elementsEqual("]}\n".utf8),
      file.bytes.starts(with: "{\"format\": 1, ".utf8)
    else {
      throw damaged(path, "expected \(clusters) concepts, each on a line of its own")
    }
    starts.removeLast()
    self.starts = starts
    self.file = file
  }

  /// The object of a concept, without the comma behind it.
  func line(_ cluster: Int) -> Slice<UnsafeRawBufferPointer> {
    var line = file.bytes[starts[cluster]..<starts[cluster + 1] - 1]
    if line.last == UInt8(ascii: ",") { line.removeLast() }
    return line
  }

  /// - Throws: ``WinnowError`` when the concept's line is damaged.
  func terms(_ cluster: Int) throws(WinnowError) -> [Term] {
    guard let decoded = decodeJSON(Line.self, line(cluster)),
      decoded.terms.count <= ConceptNames.mostTerms,
      decoded.terms.allSatisfy({ $0.weight.isFinite && $0.weight > 0 && !$0.term.isEmpty })
    else {
      throw damaged(
        path, "line \(cluster + 2) is not concept \(cluster)'s terms with weights above 0")
    }
    return decoded.terms.map { Term(text: $0.term, weight: $0.weight) }
  }
}

extension OpenWorkspace {
  /// The terms that name a concept, at most ten, the best first; none where nothing names it.
  ///
  /// - Throws: ``WinnowError`` when names.json is damaged.
  /// - Complexity: O(1); the first call reads names.json, O(k).
  public func name(_ cluster: Int) throws(WinnowError) -> [Term] {
    precondition(cluster >= 0 && cluster < clusters)
    return try names()?.terms(cluster) ?? []
  }

  /// The first three terms, as a concept is called on screens and in tables; nil where nothing
  /// names it.
  ///
  /// - Throws: ``WinnowError`` when names.json is damaged.
  public func label(_ cluster: Int) throws(WinnowError) -> String? {
    let terms = try name(cluster).prefix(ConceptNames.shownTerms)
    return terms.isEmpty ? nil : terms.map(\.text).joined(separator: ConceptNames.separator)
  }

  /// The labels of all concepts; empty where nothing names one.
  ///
  /// - Throws: ``WinnowError`` when names.json is damaged.
  public func labels() throws(WinnowError) -> [String] {
    try (0..<clusters).map { (cluster) throws(WinnowError) in try label(cluster) ?? "" }
  }

  /// names.json, read once; nil in a workspace without it.
  func names() throws(WinnowError) -> ConceptNames? {
    let path = path + "/names.json"
    let count = clusters
    return try namesOnce.withLock { (names) throws(WinnowError) in
      if names == nil, pathKind(path) == .file {
        names = try ConceptNames(path, clusters: count)
      }
      return names
    }
  }

  func checkNames() throws(WinnowError) -> [String] {
    var faults: [String] = []
    for cluster in 0..<clusters where faults.count < 20 {
      do throws(WinnowError) { _ = try name(cluster) } catch {
        faults.append(error.description)
      }
    }
    return faults
  }
}
