// Text that is looked for without regard to case, in UTF-8 bytes as they lie in a file. Each
// character may be written as any of its simple case forms; nothing else is folded, so what is
// found can be pointed at, byte for byte.

/// A text to look for.
public struct TextPattern: Sendable {
  /// For each scalar the bytes that may stand for it.
  private let forms: [[[UInt8]]]
  /// What a match begins with, two bytes at most; empty when there are more.
  private let first: [UInt8]
  /// What stands `lastOffset` bytes behind the first one; the same as `first` where the length of
  /// a match is not known.
  private let last: [UInt8]
  private let lastOffset: Int

  /// - Returns: nil for an empty text.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    forms = text.unicodeScalars.map { scalar in
      let properties = scalar.properties
      var texts = [String(Character(scalar))]
      for form in [
        properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping,
      ] where form.unicodeScalars.count == 1 && !texts.contains(form) {
        texts.append(form)
      }
      return texts.map { Array($0.utf8) }
    }
    first = Self.atMostTwo(forms[0].map { $0[0] })
    let isFixed = forms.allSatisfy { Set($0.map(\.count)).count == 1 }
    let ends = Self.atMostTwo(forms[forms.count - 1].map { $0[$0.count - 1] })
    if isFixed, !ends.isEmpty {
      last = ends
      lastOffset = forms.reduce(0) { $0 + $1[0].count } - 1
    } else {
      last = first
      lastOffset = 0
    }
  }

  private static func atMostTwo(_ bytes: [UInt8]) -> [UInt8] {
    let different = Set(bytes).sorted()
    return different.count > 2 ? [] : different
  }

  /// The end of a match that begins at `start`, or nil.
  private func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    next: for form in forms {
      for text in form where place + text.count <= bytes.count {
        var index = 0
        while index < text.count, bytes[place + index] == text[index] { index += 1 }
        if index == text.count {
          place += text.count
          continue next
        }
      }
      return nil
    }
    return place
  }

  /// The first match that begins in `range`; it may end behind it.
  ///
  /// - Complexity: O(range), 32 bytes a step.
  public func firstMatch(
    in bytes: UnsafeRawBufferPointer, from range: Range<Int>
  ) -> Range<Int>? {
    var place = range.lowerBound
    if !first.isEmpty {
      let (a, b) = (SIMD32<UInt8>(repeating: first[0]), SIMD32(repeating: first[first.count - 1]))
      let (c, d) = (SIMD32<UInt8>(repeating: last[0]), SIMD32(repeating: last[last.count - 1]))
      while place + 32 <= range.upperBound, place + lastOffset + 32 <= bytes.count {
        let front = bytes.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
        let back = bytes.loadUnaligned(fromByteOffset: place + lastOffset, as: SIMD32<UInt8>.self)
        let mask = ((front .== a) .| (front .== b)) .& ((back .== c) .| (back .== d))
        if any(mask) {
          for step in 0..<32 where mask[step] {
            if let end = end(of: bytes, from: place + step) { return place + step..<end }
          }
        }
        place += 32
      }
    }
    while place < range.upperBound {
      if let end = end(of: bytes, from: place) { return place..<end }
      place += 1
    }
    return nil
  }

  /// The first match in a text, as a range of its UTF-8 bytes.
  ///
  /// - Complexity: O(length).
  public func firstMatch(in text: String) -> Range<Int>? {
    var text = text
    return text.withUTF8 { bytes in
      firstMatch(in: UnsafeRawBufferPointer(bytes), from: 0..<bytes.count)
    }
  }
}
