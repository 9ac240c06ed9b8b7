// What curses read becomes events. curses knows the keys of the terminal; what it does not know it
// hands on as an escape character and letters, and those must not act as Escape and as keys. So
// escape sequences are taken to their end here: mouse reports (SGR, 1006) and pasted text
// (bracketed paste) are understood, all others are noise. curses' own reading of the mouse is left
// out because it follows terminfo, which for `screen` and `tmux` still says the old report, and
// that ends at column 223.
//
// Pure, so that tests can feed it any bytes in any pieces.

import Canvas
import Explorer

/// One thing that curses read.
package enum Input: Equatable, Sendable {
  case character(UInt32)
  /// A key that terminfo knows; nil for one that means nothing here.
  case special(KeyPress?)
  /// Nothing more is there for now.
  case pause
}

/// Turns what is read into events. It remembers what is unfinished, however it was split.
package struct InputDecoder: Sendable {
  private enum Part: Sendable, Equatable {
    case ground
    /// After an escape character.
    case escape
    /// After `ESC [`: what stands before the final byte.
    case sequence([UInt8])
    /// After `ESC O`, and inside the old mouse report: characters that are left out.
    case skip(Int)
    /// After `ESC ]` and the like: until BEL or the end of the burst.
    case string
  }

  /// Text between the brackets of a paste; nil outside.
  private var pasted: String.UnicodeScalarView?
  private var part = Part.ground
  private var lastPress: (spot: Spot, time: Int)?

  /// Two presses within this many milliseconds are a double one.
  private static let doublePress = 400
  /// A sequence longer than this is none.
  private static let longestSequence = 32
  /// Scalars of a paste that are kept.
  private static let longestPaste = 10_000

  package init() {}

  /// Takes one thing in, read at `time` (milliseconds of any clock), and returns the event that it
  /// completes.
  package mutating func take(_ input: Input, time: Int) -> Event? {
    switch (part, input) {
    case (.ground, .character(27)): part = .escape
    case (.ground, .character(let value)): return plain(value)
    case (.ground, .special(let key)):
      if pasted == nil { return key.map(Event.key) }
      if key == .enter { pasted?.append("\n") }
    case (.ground, .pause): break
    case (.escape, .pause):
      // In a paste the rest of the closing bracket may still be under way.
      guard pasted == nil else { break }
      part = .ground
      return .key(.escape)
    case (.escape, .character(27)):
      // Twice: Escape by itself, unless it is to end a paste whose closing bracket never came.
      guard pasted == nil else { return endPaste() }
      return .key(.escape)
    case (.escape, .character(0x5B)): part = .sequence([])
    case (.escape, .character(0x4F)): part = .skip(1)
    case (.escape, .character(let value)) where [0x50, 0x5D, 0x5E, 0x5F].contains(value):
      part = .string
    case (.escape, _):
      // A key with Alt means nothing here; in a paste the escape character is left out.
      part = .ground
      if pasted != nil { return take(input, time: time) }
    case (.sequence(let bytes), .character(let value)):
      return sequence(bytes, value, time)
    case (.skip(let count), .character):
      part = count > 1 ? .skip(count - 1) : .ground
    case (.sequence, .special), (.skip, .special), (.string, .character(7)), (.string, .pause):
      part = .ground
    case (.sequence, .pause), (.skip, .pause), (.string, _): break
    }
    return nil
  }

  private mutating func plain(_ value: UInt32) -> Event? {
    guard pasted == nil else {
      if let scalar = Unicode.Scalar(value), pasted!.count < InputDecoder.longestPaste {
        pasted!.append(scalar)
      }
      return nil
    }
    return key(of: value).map(Event.key)
  }

  private mutating func sequence(_ bytes: [UInt8], _ value: UInt32, _ time: Int) -> Event? {
    guard (0x20...0x7E).contains(value), bytes.count < InputDecoder.longestSequence else {
      part = value == 27 ? .escape : .ground
      return nil
    }
    let byte = UInt8(value)
    guard byte >= 0x40 else {
      part = .sequence(bytes + [byte])
      return nil
    }
    part = .ground
    let text = String(decoding: bytes, as: UTF8.self)
    switch (byte, text) {
    case (UInt8(ascii: "~"), "200"):
      pasted = pasted ?? String.UnicodeScalarView()
      return nil
    case (UInt8(ascii: "~"), "201"): return endPaste()
    case (UInt8(ascii: "M"), ""):
      part = .skip(3)
      return nil
    case (UInt8(ascii: "M"), _): return mouse(text, time)
    default: return nil
    }
  }

  private mutating func endPaste() -> Event? {
    part = .ground
    defer { pasted = nil }
    return pasted.map { .paste(String($0)) }
  }

  /// `<button;column;row`, both from 1.
  private mutating func mouse(_ text: String, _ time: Int) -> Event? {
    let numbers = text.dropFirst().split(separator: ";").compactMap { Int($0) }
    guard text.first == "<", numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    let spot = Spot(x: numbers[1] - 1, y: numbers[2] - 1)
    // 4, 8 and 16 are Shift, Alt and Ctrl, 32 is a movement, from 64 on are wheels.
    switch numbers[0] & ~0b11100 {
    case 0:
      if let last = lastPress, last.spot == spot, time - last.time < InputDecoder.doublePress {
        lastPress = nil
        return .mouse(Mouse(.doublePress, spot))
      }
      lastPress = (spot, time)
      return .mouse(Mouse(.press, spot))
    case 64: return .mouse(Mouse(.wheelUp, spot))
    case 65: return .mouse(Mouse(.wheelDown, spot))
    default: return nil
    }
  }
}

private func key(of value: UInt32) -> KeyPress? {
  switch value {
  case 13, 10: return .enter
  case 9: return .tab
  case 8, 127: return .backspace
  case 1...26:
    return Unicode.Scalar(value + 96).map { .control(Character($0)) }
  case 0..<32, 128..<160: return nil
  default: return Unicode.Scalar(value).map { .character(Character($0)) }
  }
}
