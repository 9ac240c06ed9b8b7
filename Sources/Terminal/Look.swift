// Roles become colours here and nowhere else. Foregrounds lie on the terminal's own background;
// only the cursor's row and raised boxes have one of ours, and on those every foreground is set,
// because the terminal's own may be dark or light. Pure: what a terminal of any depth shows of any
// style can be tested without one.

import Canvas

/// The colours that a terminal has.
package enum ColourDepth: CaseIterable, Sendable {
  case none, eight, sixteen, many

  /// The depth of a terminal with this number of colours.
  package init(colours: Int) {
    switch colours {
    case 256...: self = .many
    case 16...: self = .sixteen
    case 8...: self = .eight
    default: self = .none
    }
  }
}

/// What a terminal shows of a style.
package struct Look: Hashable, Sendable {
  package var isBold = false
  package var isDim = false
  package var isUnderlined = false
  package var isReversed = false
  /// The numbers of colours; nil is the terminal's own.
  package var foreground: Int?
  package var background: Int?

  package init(_ style: Style, _ depth: ColourDepth) {
    isBold = style.attributes.contains(.bold)
    isUnderlined = style.attributes.contains(.underline)
    isReversed = style.attributes.contains(.reverse)
    if depth == .many {
      background = style.ground.background
      foreground = style.role.colours.many ?? (background == nil ? nil : 255)
      return
    }
    // Few colours have no quiet background to spare: the cursor's row is turned around instead, as
    // one block and not as a patchwork of colours.
    guard style.ground != .cursor else {
      isReversed.toggle()
      return
    }
    let isQuiet = style.role == .dim || style.role == .line
    isDim = isQuiet && depth != .sixteen
    if depth != .none { foreground = isQuiet && depth == .sixteen ? 8 : style.role.colours.few }
  }
}

extension Ground {
  fileprivate var background: Int? {
    switch self {
    case .plain: nil
    case .cursor: 237
    case .raised: 235
    }
  }
}

extension Role {
  /// The numbers of its colours: of 256, and of the eight that all coloured terminals have.
  fileprivate var colours: (many: Int?, few: Int?) {
    switch self {
    case .plain: (nil, nil)
    case .dim: (245, nil)
    case .line: (239, nil)
    case .accent: (80, 6)
    case .kept: (72, 2)
    case .pruned: (173, 1)
    case .gained: (114, 2)
    case .cut: (174, 1)
    case .saturated: (221, 3)
    case .warning: (215, 1)
    case .decided: (147, 5)
    }
  }
}
