// Roles become colours here and nowhere else. Foregrounds lie on the terminal's own background;
// only the cursor's row and raised boxes have one of ours, and on those every foreground is set,
// because the terminal's own may be dark or light.

import CNcursesw
import Canvas

/// The attributes and the colour pair of every style, for the terminal at hand.
struct Palette {
  private enum Depth {
    case none, sixteen, eight, many
  }

  private let depth: Depth

  /// Makes the colour pairs. The screen must have been started.
  init(withoutColours: Bool) {
    guard !withoutColours, has_colors(), start_color() == OK else {
      depth = .none
      return
    }
    let own: Int32 = use_default_colors() == OK ? -1 : 0
    switch winnow_colors() {
    case 256...: depth = .many
    case 16...: depth = .sixteen
    case 8...: depth = .eight
    default:
      depth = .none
      return
    }
    guard Int(winnow_color_pairs()) > Role.allCases.count * Ground.allCases.count else {
      return
    }
    for role in Role.allCases {
      for ground in Ground.allCases {
        let back = background(ground) ?? own
        var front = foreground(role)
        if front == nil, back != own { front = depth == .many ? 255 : 7 }
        init_extended_pair(pair(role, ground), front ?? (own == -1 ? -1 : 7), back)
      }
    }
  }

  /// The number of a role's colour pair on a ground; 0 where there are no colours.
  private func pair(_ role: Role, _ ground: Ground) -> Int32 {
    1 + Int32(role.rawValue) * Int32(Ground.allCases.count) + Int32(ground.rawValue)
  }

  /// The attributes (`winnow_attribute_*`) and the pair that show a style.
  func look(_ style: Style) -> (attributes: Int32, pair: Int32) {
    var attributes: Int32 = 0
    if style.attributes.contains(.bold) { attributes |= Int32(winnow_attribute_bold) }
    if style.attributes.contains(.underline) {
      attributes |= Int32(winnow_attribute_underline)
    }
    if style.attributes.contains(.reverse) {
      attributes |= Int32(winnow_attribute_reverse)
    }
    // Few colours have no quiet background to spare: the cursor's row is turned around instead.
    if depth != .many, style.ground == .cursor {
      attributes ^= Int32(winnow_attribute_reverse)
    }
    let isQuiet = style.role == .dim || style.role == .line
    if isQuiet, depth == .none || depth == .eight, style.ground != .cursor {
      attributes |= Int32(winnow_attribute_dim)
    }
    return (attributes, depth == .none ? 0 : pair(style.role, style.ground))
  }

  private func background(_ ground: Ground) -> Int32? {
    guard depth == .many else { return nil }
    switch ground {
    case .plain: return nil
    case .cursor: return 237
    case .raised: return 235
    }
  }

  /// The colour of a role; nil is the terminal's own foreground.
  private func foreground(_ role: Role) -> Int32? {
    switch depth {
    case .none: return nil
    case .many:
      switch role {
      case .plain: return nil
      case .dim: return 245
      case .line: return 239
      case .accent: return 80
      case .kept: return 72
      case .pruned: return 173
      case .gained: return 114
      case .cut: return 174
      case .saturated: return 221
      case .warning: return 215
      case .decided: return 147
      }
    case .sixteen, .eight:
      switch role {
      case .plain: return nil
      case .dim, .line: return depth == .sixteen ? 8 : nil
      case .accent: return 6
      case .kept, .gained: return 2
      case .pruned, .cut, .warning: return 1
      case .saturated: return 3
      case .decided: return 5
      }
    }
  }
}
