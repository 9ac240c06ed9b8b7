// The curses screen as a resource: starting it takes the terminal over, ending it (or letting the
// value go) gives the terminal back as it was. Between them it shows grids, writing only the
// cells that differ from the last one; curses turns those into few bytes.

import CNcursesw
import Canvas

struct CursesScreen: ~Copyable {
  private let palette: Palette
  private let isUnicode: Bool
  private let modes: TerminalModes
  private var shown: Grid?

  /// Takes the terminal over.
  /// - Throws: `TerminalError` when there is no terminal that curses can use; nothing has changed
  ///   then.
  init(_ options: TerminalOptions) throws(TerminalError) {
    modes = try CursesScreen.takeOver(options)
    isUnicode = String(cString: winnow_codeset()) == "UTF-8"
    palette = Palette(withoutColours: options.withoutColours)
    shown = nil
  }

  private static func takeOver(_ options: TerminalOptions) throws(TerminalError)
    -> TerminalModes
  {
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
    let mouse = tigetstr("kmous")
    let modes = TerminalModes(
      term: term, hasMouse: mouse != nil && Int(bitPattern: mouse) != -1,
      wantsMouse: options.wantsMouse)
    CrashGuard.arm(before, off: modes.off)
    raw()
    noecho()
    nonl()
    keypad(winnow_stdscr(), true)
    // The decoder reads the mouse: see there. curses knows its keys from here on.
    define_key(nil, KEY_MOUSE)
    nodelay(winnow_stdscr(), true)
    leaveok(winnow_stdscr(), true)
    curs_set(0)
    writeToTerminal(modes.on)
    return modes
  }

  deinit {
    leave()
    CrashGuard.disarm()
  }

  /// Gives the terminal back, as `deinit` does.
  consuming func end() {}

  private borrowing func leave() {
    writeToTerminal(modes.off)
    curs_set(1)
    endwin()
  }

  /// Gives the terminal back to the shell, stops, and takes it over again when the shell says so.
  mutating func suspend() {
    leave()
    CrashGuard.stop()
    comeBack()
  }

  /// Takes the terminal over again, as it is now: another program had it.
  mutating func comeBack() {
    // Ends what is left of our own modes, too, if the program was stopped without a chance.
    endwin()
    var columns: Int32 = 0
    var lines: Int32 = 0
    if winnow_terminal_size(&columns, &lines) == 0,
      lines != winnow_lines() || columns != winnow_columns()
    {
      resizeterm(lines, columns)
    }
    forget()
    wrefresh(winnow_stdscr())
    curs_set(0)
    writeToTerminal(modes.on)
  }

  /// Has the terminal copy a text; false when it cannot.
  borrowing func copy(_ text: String) -> Bool {
    guard modes.canCopy, let bytes = TerminalModes.copying(text) else { return false }
    writeToTerminal(bytes)
    return true
  }

  var size: Size { Size(width: Int(winnow_columns()), height: Int(winnow_lines())) }

  /// Shows a grid.
  /// - Complexity: O(cells) to compare, and bytes only for those that differ.
  mutating func show(_ grid: Grid) {
    let picture = isUnicode ? grid : grid.ascii
    let isNew = shown?.size != picture.size
    if isNew { werase(winnow_stdscr()) }
    let changed = isNew ? Array(picture.cells.indices) : picture.changes(since: shown!)
    for index in changed { put(index, of: picture) }
    wrefresh(winnow_stdscr())
    shown = picture
  }

  /// Gives one cell to curses, which remembers it until the refresh.
  private func put(_ index: Int, of picture: Grid) {
    let cell = picture.cells[index]
    guard !cell.glyph.isTail else { return }
    let (attributes, pair) = palette.look(cell.style)
    let y = Int32(index / picture.width)
    let x = Int32(index % picture.width)
    let isWide = x + 1 < picture.width && picture.cells[index + 1].glyph.isTail
    if !isWide, let scalar = cell.glyph.scalar, scalar.isASCII {
      winnow_put_one(y, x, wchar_t(scalar.value), attributes, pair)
      return
    }
    let scalars = drawable(picture.scalars(of: cell), columns: isWide ? 2 : 1)
    let text = scalars.map { wchar_t($0.value) } + [0]
    winnow_put(y, x, text, attributes, pair)
    if isWide, scalars.count == 1, scalars[0].isASCII {
      winnow_put_one(y, x + 1, wchar_t(UInt8(ascii: " ")), attributes, pair)
    }
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
