// The curses screen as a resource: starting it takes the terminal over, ending it (or letting the
// value go) gives the terminal back as it was. Between them it shows grids, writing only the
// cells that differ from the last one; curses turns those into few bytes.

import CNcursesw
import Canvas

struct CursesScreen: ~Copyable {
  private let palette: Palette
  private let isUnicode: Bool
  private var shown: Grid?
  private var isOver: Bool

  /// Takes the terminal over.
  /// - Throws: `TerminalError` when there is no terminal that curses can use; nothing has changed
  ///   then.
  init(_ options: TerminalOptions) throws(TerminalError) {
    try CursesScreen.takeOver(options)
    isUnicode = String(cString: winnow_codeset()) == "UTF-8"
    palette = Palette(withoutColours: options.withoutColours)
    shown = nil
    isOver = false
  }

  private static func takeOver(_ options: TerminalOptions) throws(TerminalError) {
    guard isatty(0) == 1, isatty(1) == 1 else { throw .noTerminal }
    guard let term = options.term, !term.isEmpty, term != "dumb" else {
      throw .unusable(term: options.term)
    }
    // A locale that is not installed must not turn every letter into a question mark.
    if setlocale(LC_CTYPE, "") == nil { setlocale(LC_CTYPE, "C.UTF-8") }
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { throw .noTerminal }
    set_escdelay(25)
    guard winnow_newterm() == 0 else { throw .unusable(term: term) }
    CrashGuard.arm(before)
    raw()
    noecho()
    nonl()
    keypad(winnow_stdscr(), true)
    nodelay(winnow_stdscr(), true)
    leaveok(winnow_stdscr(), true)
    curs_set(0)
  }

  deinit {
    if !isOver { CursesScreen.giveBack() }
  }

  /// Gives the terminal back.
  consuming func end() {
    CursesScreen.giveBack()
    isOver = true
  }

  private static func giveBack() {
    curs_set(1)
    endwin()
    CrashGuard.disarm()
  }

  /// The terminal's size in cells.
  var size: Size { Size(width: Int(winnow_columns()), height: Int(winnow_lines())) }

  /// Shows a grid.
  /// - Complexity: O(cells) to compare, and bytes only for those that differ.
  mutating func show(_ grid: Grid) {
    let picture = isUnicode ? grid : grid.ascii
    let isNew = shown?.size != picture.size
    if isNew { werase(winnow_stdscr()) }
    var text = [wchar_t](repeating: 0, count: 8)
    for index in picture.cells.indices {
      if !isNew, let shown, picture.shows(index, as: shown) { continue }
      let cell = picture.cells[index]
      guard !cell.glyph.isTail else { continue }
      let isWide = index + 1 < picture.cells.count && picture.cells[index + 1].glyph.isTail
      let scalars = drawable(picture.scalars(of: cell), columns: isWide ? 2 : 1)
      for (place, scalar) in scalars.enumerated() { text[place] = wchar_t(scalar.value) }
      text[scalars.count] = 0
      let (attributes, pair) = palette.look(cell.style)
      let y = Int32(index / picture.width)
      let x = Int32(index % picture.width)
      winnow_put(y, x, text, attributes, pair)
      if isWide, scalars.count == 1, scalars[0].isASCII {
        text[0] = wchar_t(UInt8(ascii: " "))
        winnow_put(y, x + 1, text, attributes, pair)
      }
    }
    wrefresh(winnow_stdscr())
    shown = picture
  }

  /// Forgets what is on the screen, so that the next `show` writes all of it.
  mutating func forget() {
    shown = nil
    clearok(winnow_stdscr(), true)
  }

  /// The scalars, if this C library gives them the columns that the grid does; else a `?`, since
  /// a character of another width would move everything right of it.
  private func drawable(_ scalars: [Unicode.Scalar], columns: Int) -> [Unicode.Scalar] {
    guard let base = scalars.first else { return [" "] }
    if base.isASCII, scalars.count == 1 { return scalars }
    guard Int(wcwidth(wchar_t(base.value))) == columns else { return ["?"] }
    return [base] + scalars.dropFirst().prefix(4).filter { wcwidth(wchar_t($0.value)) == 0 }
  }
}
