// What each kind of terminal shows of each style: nothing that matters may be told by colour alone,
// and the place where keys act is seen on all of them.

import Canvas
import Terminal
import Testing

@Suite struct LookTests {
  private static let attributes = (0..<8).map { Attributes(rawValue: $0) }

  private static func styles(_ ground: Ground) -> [Style] {
    Role.allCases.flatMap { role in attributes.map { Style(role, $0, on: ground) } }
  }

  @Test(arguments: ColourDepth.allCases)
  func theCursorsRowIsSeen(_ depth: ColourDepth) {
    for style in LookTests.styles(.plain) {
      let plain = Look(style, depth)
      let cursor = Look(Style(style.role, style.attributes, on: .cursor), depth)
      #expect(
        cursor.isReversed != plain.isReversed
          || (cursor.background != nil && cursor.background != plain.background), "\(style)")
    }
  }

  @Test(arguments: ColourDepth.allCases)
  func theTextCursorOfAPromptIsSeen(_ depth: ColourDepth) {
    for ground in Ground.allCases {
      for style in LookTests.styles(ground) where !style.attributes.contains(.reverse) {
        #expect(Look(style, depth).isReversed != Look(style.with(.reverse), depth).isReversed)
      }
    }
  }

  @Test(arguments: ColourDepth.allCases)
  func weightAndUnderlineStay(_ depth: ColourDepth) {
    for ground in Ground.allCases {
      for style in LookTests.styles(ground) {
        let look = Look(style, depth)
        #expect(look.isBold == style.attributes.contains(.bold))
        #expect(look.isUnderlined == style.attributes.contains(.underline))
      }
    }
  }

  @Test func onlyColoursOfTheTerminalAreUsed() {
    for (depth, colours) in [(ColourDepth.none, 0), (.eight, 8), (.sixteen, 16), (.many, 256)] {
      #expect(ColourDepth(colours: colours) == depth)
      for ground in Ground.allCases {
        for style in LookTests.styles(ground) {
          let look = Look(style, depth)
          for colour in [look.foreground, look.background] {
            #expect(colour == nil || (0..<colours).contains(colour!))
          }
          // The terminal's own foreground may be as dark as a background of ours.
          #expect(look.background == nil || look.foreground != nil)
          // Of few colours none has a background.
          #expect(depth == .many || look.background == nil)
        }
      }
    }
  }

  @Test(arguments: ColourDepth.allCases)
  func quietTextIsQuieterThanPlain(_ depth: ColourDepth) {
    for quiet in [Role.dim, .line] {
      #expect(Look(Style(quiet), depth) != Look(.plain, depth))
    }
  }

  /// Roles that mean the opposite of each other, with the signs that tell them apart.
  @Test(arguments: [
    (Role.kept, "✓", Role.pruned, "×"), (.gained, "▲", .cut, "▼"), (.kept, "━", .pruned, "┄"),
    (.kept, "█", .line, "░"), (.saturated, "●", .plain, " "), (.gained, "=", .warning, "≠"),
    (.warning, "!", .plain, "·"),
  ])
  func oppositesHaveSigns(_ pair: (Role, Unicode.Scalar, Role, Unicode.Scalar)) {
    #expect(pair.1 != pair.3)
    #expect(asciiSign(for: pair.1) != asciiSign(for: pair.3))
    // Where there are many colours the eye is helped, too.
    if pair.2 != .plain {
      #expect(Look(Style(pair.0), .many) != Look(Style(pair.2), .many))
    }
  }

  @Test func everyRoleHasAColourOfItsOwnAmongMany() {
    #expect(Set(Role.allCases.map { Look(Style($0), .many) }).count == Role.allCases.count)
  }
}
