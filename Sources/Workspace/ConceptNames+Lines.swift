// The first terms of a line of names.json without a JSON decoder, which takes 50 microseconds a
// line: lines are as the build writes them, and any other line is left to the decoder.

import Foundations

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

extension OpenWorkspace {
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
}
