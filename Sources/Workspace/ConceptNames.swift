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

  /// Adds what a concept is called to `label`, as ``label(_:)`` has it; nothing where nothing
  /// names it.
  ///
  /// Of a line only what is shown is looked at; ``verify()`` reads all of it.
  /// - Throws: ``WinnowError`` when names.json is damaged.
  /// - Complexity: O(1), some microseconds; the first call reads names.json, O(k).
  public func appendLabel(
    _ cluster: Int, to label: inout [UInt8]
  ) throws(WinnowError) {
    precondition(cluster >= 0 && cluster < clusters)
    try names()?.appendLabel(cluster, to: &label)
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

// The first terms of a line without a JSON decoder, which takes 50 microseconds a line: lines are as
// the build writes them, and any other line is left to the decoder.

extension ConceptNames {
  /// How many of the terms stand for the name.
  static let shownTerms = 3
  static let separator = " · "

  /// Adds a concept's label to `label`: its first three terms.
  ///
  /// - Throws: ``WinnowError`` when the concept's line is damaged.
  /// - Complexity: O(bytes of the label).
  func appendLabel(_ cluster: Int, to label: inout [UInt8]) throws(WinnowError) {
    let begin = label.count
    if Self.appendTerms(of: line(cluster), to: &label) { return }
    label.removeSubrange(begin...)
    let terms = try terms(cluster).prefix(Self.shownTerms)
    label += terms.map(\.text).joined(separator: Self.separator).utf8
  }

  /// Adds the first terms of a line; false, with something half done, for a line that is not as
  /// the build writes it: with escapes, say.
  private static func appendTerms(
    of line: Slice<UnsafeRawBufferPointer>, to label: inout [UInt8]
  ) -> Bool {
    var rest = line
    func take(_ text: StaticString) -> Bool {
      let expected = UnsafeRawBufferPointer(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
      guard rest.starts(with: expected) else { return false }
      rest = rest.dropFirst(expected.count)
      return true
    }
    guard take("{\"terms\": [") else { return false }
    if rest.elementsEqual("]}".utf8) { return true }
    for place in 0..<shownTerms {
      guard take("{\"term\": \""),
        let end = rest.firstIndex(where: { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 }),
        rest[end] == 0x22, end > rest.startIndex
      else { return false }
      let term = rest[rest.startIndex..<end]
      guard term.allSatisfy({ $0 < 0x80 }) || String(validating: term, as: UTF8.self) != nil
      else { return false }
      if place > 0 { label += separator.utf8 }
      label += term
      rest = rest[(end + 1)...]
      guard take(", \"weight\": "), let brace = rest.firstIndex(of: 0x7D) else { return false }
      guard let weight = Double(String(decoding: rest[..<brace], as: UTF8.self)), weight > 0,
        weight.isFinite
      else { return false }
      rest = rest[(brace + 1)...]
      if rest.elementsEqual("]}".utf8) { return true }
      guard take(", ") else { return false }
    }
    return rest.starts(with: "{\"term\": \"".utf8)
  }
}
