// What curses has read, in our own words.

import CNcursesw
import Explorer

/// One thing that was read from the terminal.
enum Reading {
  case input(Input)
  case resized
}

/// Reads the next thing, without waiting.
func readTerminal() -> Reading {
  var value: UInt32 = 0
  switch winnow_read(&value) {
  case Int32(winnow_read_character): return .input(.character(value))
  case Int32(winnow_read_key):
    let code = Int32(bitPattern: value)
    return code == KEY_RESIZE ? .resized : .input(.special(key(of: code)))
  default: return .input(.pause)
  }
}

private func key(of code: Int32) -> KeyPress? {
  switch code {
  case KEY_UP: .up
  case KEY_DOWN: .down
  case KEY_LEFT: .left
  case KEY_RIGHT: .right
  case KEY_PPAGE: .pageUp
  case KEY_NPAGE: .pageDown
  case KEY_HOME: .home
  case KEY_END: .end
  case KEY_ENTER: .enter
  case KEY_BACKSPACE: .backspace
  case KEY_DC: .delete
  case KEY_BTAB: .backTab
  default: (1...12).first { winnow_key_function(UInt32($0)) == code }.map { .function($0) }
  }
}
