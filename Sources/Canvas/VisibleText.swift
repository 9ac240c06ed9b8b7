// Foreign text, made safe to draw. Captions come from the web: they hold escape sequences, line
// breaks, characters that turn the writing direction around, letters with thirty accents, and
// emoji that terminals measure differently. Everything that could move the cursor or hide other
// text is shown as itself (a control picture or its code point in angle brackets); everything
// that terminals disagree about (joiners, presentation selectors, skin tones) is left out, so
// that each glyph takes the columns that curses expects.

/// A character with its marks, as `forEachGlyph` hands it out.
public struct VisibleGlyph: Equatable, Sendable {
  /// The character that takes the columns.
  public let base: Unicode.Scalar
  /// The marks on it, at most four; empty for nearly all text.
  public var marks: [Unicode.Scalar] = []
  /// 1 or 2.
  public var columns = 1
}

/// Calls `body` for every glyph of `text`, in order, until it returns false.
///
/// Marks without a character before them sit on a dotted circle. No glyph is a control
/// character, and none changes the writing direction.
/// - Complexity: O(n log t) in the scalars n of the text and the size t of the width tables.
public func forEachGlyph(in text: String, _ body: (VisibleGlyph) -> Bool) {
  var open: VisibleGlyph?
  /// Hands out the glyph before and begins the next; false when `body` wants no more.
  func begin(_ base: Unicode.Scalar, columns: Int = 1) -> Bool {
    if let glyph = open, !body(glyph) { return false }
    open = VisibleGlyph(base: base, columns: columns)
    return true
  }
  for scalar in text.unicodeScalars {
    switch sight(of: scalar) {
    case .asItIs:
      let own = columns(of: scalar)
      if own > 0 {
        guard begin(scalar, columns: own) else { return }
      } else {
        if open == nil { open = VisibleGlyph(base: "\u{25CC}") }
        if open!.marks.count < 4 { open!.marks.append(scalar) }
      }
    case .picture(let picture):
      guard begin(picture) else { return }
    case .code:
      for letter in ("<" + String(scalar.value, radix: 16, uppercase: true) + ">").unicodeScalars {
        guard begin(letter) else { return }
      }
    case .nothing: break
    }
  }
  if let open { _ = body(open) }
}

/// The text as `forEachGlyph` shows it.
/// - Complexity: O(n log t).
public func visible(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  forEachGlyph(in: text) { glyph in
    scalars.append(glyph.base)
    scalars.append(contentsOf: glyph.marks)
    return true
  }
  return String(scalars)
}

/// The columns that the text takes when it is drawn.
/// - Complexity: O(n log t).
public func columns(of text: String) -> Int {
  // Printable ASCII is one byte a column, and nearly all of a screen.
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
  var sum = 0
  forEachGlyph(in: text) { glyph in
    sum += glyph.columns
    return true
  }
  return sum
}

/// The text cut to `width` columns, with `…` in the last one where something is missing.
///
/// A wide glyph that would be cut in half is left out.
/// - Complexity: O(width log t): text past the cut is not looked at.
public func fit(_ text: String, _ width: Int) -> String {
  guard width > 0 else { return "" }
  var scalars = String.UnicodeScalarView()
  var used = 0
  var safe = scalars  // what fits together with the ellipsis
  var overflows = false
  forEachGlyph(in: text) { glyph in
    if used + glyph.columns > width {
      overflows = true
      return false
    }
    scalars.append(glyph.base)
    scalars.append(contentsOf: glyph.marks)
    used += glyph.columns
    if used < width { safe = scalars }
    return true
  }
  return overflows ? String(safe) + "…" : String(scalars)
}

/// The end of a text in at most `width` columns, made visible; `…` stands for what is left out.
/// - Complexity: O(length).
public func ending(of text: String, _ width: Int) -> String {
  var tail = Substring(visible(text))
  var used = columns(of: String(tail))
  guard used > width else { return String(tail) }
  guard width > 0 else { return "" }
  while used > width - 1, let first = tail.popFirst() { used -= columns(of: String(first)) }
  return "…" + tail
}

/// The text broken into lines of at most `width` columns, at blanks where there are any.
/// - Complexity: O(n log t).
public func wrap(_ text: String, _ width: Int) -> [String] {
  guard width > 0 else { return [] }
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    var line = ""
    for word in paragraph.split(separator: " ").map(String.init) {
      if !line.isEmpty {
        if columns(of: line) + 1 + columns(of: word) <= width {
          line += " " + visible(word)
          continue
        }
        lines.append(line)
      }
      // A word that is wider than a line goes on in the next.
      line = ""
      var used = 0
      forEachGlyph(in: word) { glyph in
        if used > 0, used + glyph.columns > width {
          lines.append(line)
          (line, used) = ("", 0)
        }
        line.unicodeScalars.append(glyph.base)
        line.unicodeScalars.append(contentsOf: glyph.marks)
        used += glyph.columns
        return true
      }
    }
    lines.append(line)
  }
  return lines
}

private enum Sight {
  case asItIs, code, nothing
  case picture(Unicode.Scalar)
}

private func sight(of scalar: Unicode.Scalar) -> Sight {
  let value = scalar.value
  switch value {
  case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x2FF: return .asItIs
  case 0...0x1F: return .picture(Unicode.Scalar(0x2400 + value) ?? "?")
  case 0x7F: return .picture("\u{2421}")
  case 0x80...0x9F: return .code
  case 0xAD, 0x200B...0x200D, 0x2060...0x2064, 0xFE00...0xFE0F, 0xFEFF, 0x1F3FB...0x1F3FF,
    0xE0100...0xE01EF:
    return .nothing
  case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F, 0xFFF9...0xFFFB,
    0xE0000...0xE007F, 0x180E:
    return .code
  default: return .asItIs
  }
}
