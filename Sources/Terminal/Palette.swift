// Looks in the numbers of curses: made once for every style, so that a frame only looks them up.

import CNcursesw
import Canvas

/// The attributes and the colour pair of every style, for the terminal at hand.
struct Palette {
  /// By `index(of:)`.
  private let looks: [(attributes: Int32, pair: Int32)]

  /// Makes the colour pairs. The screen must have been started.
  init(withoutColours: Bool) {
    var depth = ColourDepth.none
    var own: Int32 = -1
    if !withoutColours, has_colors(), start_color() == OK {
      if use_default_colors() != OK { own = 0 }
      depth = ColourDepth(colours: Int(winnow_colors()))
    }
    var pairs: [[Int?]: Int32] = [:]
    looks = Palette.styles.map { style in
      let look = Look(style, depth)
      let pair = [look.foreground, look.background]
      if pair == [nil, nil] { return (attributes(look), 0) }
      let number = pairs[pair] ?? Int32(pairs.count + 1)
      if pairs.updateValue(number, forKey: pair) == nil, number < winnow_color_pairs() {
        // Without a default colour the terminal's own is white on black, as curses has it.
        init_extended_pair(
          number, look.foreground.map(Int32.init) ?? (own == -1 ? -1 : 7),
          look.background.map(Int32.init) ?? own)
      }
      return (attributes(look), number < winnow_color_pairs() ? number : 0)
    }
  }

  /// The attributes (`winnow_attribute_*`) and the pair that show a style.
  func look(_ style: Style) -> (attributes: Int32, pair: Int32) {
    looks[Palette.index(of: style)]
  }

  private static func index(of style: Style) -> Int {
    (Int(style.role.rawValue) * Ground.allCases.count + Int(style.ground.rawValue)) * 8
      + Int(style.attributes.rawValue & 7)
  }

  /// Every style, by `index(of:)`.
  private static var styles: [Style] {
    Role.allCases.flatMap { role in
      Ground.allCases.flatMap { ground in
        (0..<8).map { Style(role, Attributes(rawValue: $0), on: ground) }
      }
    }
  }
}

private func attributes(_ look: Look) -> Int32 {
  var bits: Int32 = 0
  if look.isBold { bits |= Int32(winnow_attribute_bold) }
  if look.isDim { bits |= Int32(winnow_attribute_dim) }
  if look.isUnderlined { bits |= Int32(winnow_attribute_underline) }
  if look.isReversed { bits |= Int32(winnow_attribute_reverse) }
  return bits
}
