// What all concepts are called, as one run of bytes: so that 50,000 names take a few megabytes, and
// a filter runs over them without making a string of any.

/// The names of all concepts, with what looking for them and sorting by them needs.
public struct ConceptLabels: Sendable, Equatable {
  /// All names one after the other, in UTF-8; the bounds of each.
  private let bytes: [UInt8]
  private let bounds: [UInt32]
  /// The same in lower case; shared with the above where nothing differs.
  package let folded: [UInt8]
  package let foldedBounds: [UInt32]
  /// The place of each among all when they are sorted by name: equal names by number, and concepts
  /// without a name last.
  package let rank: [UInt32]

  /// Collects the names of `count` concepts.
  ///
  /// - Parameter append: adds a concept's name, valid UTF-8, to the bytes; nothing for none. What
  ///   a name has beyond a few hundred bytes is cut off.
  /// - Complexity: O(bytes + count log count).
  public init<Failure: Error>(
    count: Int, append: (Int, inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var bytes: [UInt8] = []
    var bounds: [UInt32] = [0]
    bounds.reserveCapacity(count + 1)
    for concept in 0..<count {
      let begin = bytes.count
      try append(concept, &bytes)
      ConceptLabels.cut(&bytes, to: begin + ConceptLabels.longest)
      bounds.append(UInt32(bytes.count))
    }
    (folded, foldedBounds) = ConceptLabels.fold(bytes, bounds)
    self.bytes = bytes
    self.bounds = bounds
    rank = ConceptLabels.ranks(folded, foldedBounds)
  }

  /// More than a line is never on a screen.
  private static let longest = 480

  /// What a concept is called; nil where nothing names it.
  /// - Complexity: O(length).
  public func text(_ concept: Int) -> String? {
    let range = Int(bounds[concept])..<Int(bounds[concept + 1])
    return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
  }

  /// Cuts at the end of a character.
  private static func cut(_ bytes: inout [UInt8], to most: Int) {
    guard bytes.count > most else { return }
    var end = most
    while bytes[end] & 0xC0 == 0x80 { end -= 1 }
    bytes.removeSubrange(end...)
  }

  private static func fold(_ bytes: [UInt8], _ bounds: [UInt32]) -> ([UInt8], [UInt32]) {
    // Names of terms are in lower case already.
    if bytes.allSatisfy({ $0 < 0x80 && !(0x41...0x5A).contains($0) }) { return (bytes, bounds) }
    var folded: [UInt8] = []
    folded.reserveCapacity(bytes.count)
    var places: [UInt32] = [0]
    places.reserveCapacity(bounds.count)
    for (begin, end) in zip(bounds, bounds.dropFirst()) {
      let text = String(decoding: bytes[Int(begin)..<Int(end)], as: UTF8.self)
      folded.append(contentsOf: text.lowercased().utf8)
      places.append(UInt32(folded.count))
    }
    return folded == bytes ? (bytes, bounds) : (folded, places)
  }

  private static func ranks(_ bytes: [UInt8], _ bounds: [UInt32]) -> [UInt32] {
    func text(_ concept: UInt32) -> ArraySlice<UInt8> {
      bytes[Int(bounds[Int(concept)])..<Int(bounds[Int(concept) + 1])]
    }
    let order = (0..<UInt32(bounds.count - 1)).sorted { a, b in
      let (first, second) = (text(a), text(b))
      if first.isEmpty != second.isEmpty { return second.isEmpty }
      if first.lexicographicallyPrecedes(second) { return true }
      return first == second && a < b
    }
    var rank = [UInt32](repeating: 0, count: order.count)
    for (place, concept) in order.enumerated() { rank[Int(concept)] = UInt32(place) }
    return rank
  }
}
