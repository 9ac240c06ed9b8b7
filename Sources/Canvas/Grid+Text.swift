// A grid as text: what tests compare, what scripts save, and what a terminal without UTF-8 shows.

extension Grid {
  /// The rows as text, without blanks at their ends, each ended by a line feed.
  public var text: String { (0..<height).map { trimmed(row($0)) + "\n" }.joined() }

  /// One row as text, blanks included.
  public func row(_ y: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for x in 0..<width {
      let cell = self[x, y]
      // The usual cell: appending an array of one costs four times as much.
      if let scalar = cell.glyph.scalar {
        scalars.append(scalar)
      } else {
        scalars.append(contentsOf: self.scalars(of: cell))
      }
    }
    return String(scalars)
  }

  /// The rows with the styles below each: the form that golden tests keep.
  ///
  /// A line of styles names runs of columns (from 0, both ends included) that are not plain:
  /// `    · 1-6 accent bold, 9-12 dim`.
  public var annotatedText: String { annotatedText { $0 == .plain ? "" : name(of: $0) } }

  /// The rows with what `name` calls their styles below each; what it has no name for is plain.
  public func annotatedText(_ name: (Style) -> String) -> String {
    var result = size.text + "\n"
    for y in 0..<height {
      result += trimmed("\(y < 10 ? "0" : "")\(y)|" + row(y)) + "\n"
      let runs = styleRuns(y, name)
      if !runs.isEmpty { result += "  · " + runs.joined(separator: ", ") + "\n" }
    }
    return result
  }

  private func styleRuns(_ y: Int, _ name: (Style) -> String) -> [String] {
    let names = (0..<width).map { name(self[$0, y].style) }
    var runs: [String] = []
    var x = 0
    while x < width {
      var end = x
      while end + 1 < width, names[end + 1] == names[x] { end += 1 }
      if !names[x].isEmpty { runs.append("\(x)-\(end) \(names[x])") }
      x = end + 1
    }
    return runs
  }

  private func name(of style: Style) -> String {
    var words = ["\(style.role)"]
    if style.attributes.contains(.bold) { words.append("bold") }
    if style.attributes.contains(.underline) { words.append("underline") }
    if style.attributes.contains(.reverse) { words.append("reverse") }
    if style.ground != .plain { words.append("on \(style.ground)") }
    return words.joined(separator: " ")
  }

  private func trimmed(_ line: String) -> String {
    String(line.unicodeScalars.lastIndex { $0 != " " }.map { line[...$0] } ?? "")
  }

  /// The same screen in ASCII: one sign for each cell, so that nothing moves.
  ///
  /// Lines become `+-|`, bars `#`, signs their nearest relation, and letters of others `?`.
  public var ascii: Grid {
    var copy = Grid(size: size)
    for (index, cell) in cells.enumerated() {
      // The right half of a wide letter has no scalars.
      let sign = scalars(of: cell).first.map { asciiSign(for: $0) } ?? "?"
      copy.cells[index] = Cell(glyph: Glyph(sign), style: cell.style)
    }
    return copy
  }
}

/// The ASCII sign that stands for a scalar in `LANG=C`.
public func asciiSign(for scalar: Unicode.Scalar) -> Unicode.Scalar {
  if scalar.value < 0x7F { return scalar }
  if 0x2800...0x28FF ~= scalar.value { return asciiSign(forBraille: scalar.value) }
  return asciiSigns[scalar] ?? "?"
}

private let asciiSigns: [Unicode.Scalar: Unicode.Scalar] = [
  "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+",
  "┴": "+", "┼": "+", "┄": "-", "█": "#", "▉": "#", "▊": "#", "▋": "=", "▌": "=", "▍": "-",
  "▎": "-", "▏": "-", "▁": ".", "▂": ".", "▃": ":", "▄": ":", "▅": "+", "▆": "+", "▇": "#",
  "━": "=", "┃": "|", "░": ".", "▒": "%", "▓": "#", "╌": "-", "╶": "-", "╴": "-",
  "╷": "|", "╵": "|", "▲": "^", "▼": "v", "●": "*", "◆": "+", "▸": ">",
  "◂": "<",
  "↑": "^", "↓": "v", "→": ">", "←": "<", "…": "~", "·": ".", "×": "x", "τ": "t", "Σ": "S",
  "Δ": "d", "–": "-", "—": "-", "⏎": "<", "✓": "y", "✗": "x", "≠": "!", "±": "+", "−": "-",
  "‘": "'", "’": "'", "“": "\"", "”": "\"", "\u{A0}": " ",
]
