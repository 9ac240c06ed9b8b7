// What curses read becomes a `Key`.

import CNcursesw
import Explorer

/// One thing that was read from the terminal.
enum Reading {
  case key(Key)
  case resized
  /// Something was read that means nothing here.
  case noise
  /// Nothing is left to read.
  case nothing
}

/// Reads the next key, without waiting.
func readKey() -> Reading {
  var value: UInt32 = 0
  switch winnow_read(&value) {
  case Int32(winnow_read_character): return character(value).map(Reading.key) ?? .noise
  case Int32(winnow_read_key): return special(Int32(bitPattern: value))
  default: return .nothing
  }
}

private func character(_ value: UInt32) -> Key? {
  switch value {
  case 13, 10: return .enter
  case 9: return .tab
  case 27: return .escape
  case 8, 127: return .backspace
  case 1...26:
    return Unicode.Scalar(value + 96).map { .control(Character($0)) }
  case 0..<32: return nil
  default: return Unicode.Scalar(value).map { .character(Character($0)) }
  }
}

private func special(_ code: Int32) -> Reading {
  switch code {
  case KEY_UP: .key(.up)
  case KEY_DOWN: .key(.down)
  case KEY_LEFT: .key(.left)
  case KEY_RIGHT: .key(.right)
  case KEY_PPAGE: .key(.pageUp)
  case KEY_NPAGE: .key(.pageDown)
  case KEY_HOME: .key(.home)
  case KEY_END: .key(.end)
  case KEY_ENTER: .key(.enter)
  case KEY_BACKSPACE: .key(.backspace)
  case KEY_DC: .key(.delete)
  case KEY_BTAB: .key(.backTab)
  case KEY_RESIZE: .resized
  default:
    (1...12).first { winnow_key_function(UInt32($0)) == code }.map { .key(.function($0)) } ?? .noise
  }
}
