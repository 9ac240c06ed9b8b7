// What clicks and the wheel do. What is drawn says itself what a click on it means (`Grid.mark`);
// the rest of a screen's region belongs to the screen. What lies above a
// screen takes all clicks: one beside it closes nothing.

import Canvas

extension State {
  /// The lines that one step of the wheel moves by.
  private static let wheelLines = 3

  mutating func apply(_ mouse: Mouse) {
    switch mouse.act {
    case .wheelUp: scroll(-State.wheelLines)
    case .wheelDown: scroll(State.wheelLines)
    case .press:
      hasClickActed = false
      click(mouse.spot)
    case .doublePress:
      // The first press may have acted already, because it met the line under the cursor.
      if !hasClickActed { click(mouse.spot) }
      hasClickActed = false
    }
  }

  private mutating func click(_ spot: Spot) {
    let picture = view(self, size)
    guard spot.x >= 0, spot.y >= 0, spot.x < picture.width, spot.y < picture.height else {
      return
    }
    let meaning = picture.meaning(x: spot.x, y: spot.y)
    if case .key(let text)? = meaning, let key = KeyPress(parsing: text) {
      press(key)
    } else if let overlay {
      if case .line(let line)? = meaning { choose(line, overlay) }
    } else if shownScreen.fits(size), body.contains(spot) {
      shownScreen.click(&self, body, spot)
    }
  }

  /// Takes a line of what lies above the screen.
  private mutating func choose(_ line: Int, _ overlay: Overlay) {
    switch overlay {
    case .menu: acceptMenu(at: line)
    case .palette(var palette):
      palette.index = line
      self.overlay = .palette(palette)
      press(.enter)
    default: break
    }
  }

  /// What a click on a line of a list does: it selects, and on the selected one it acts as Enter.
  mutating func click(isSelected: Bool, select: (inout State) -> Void) {
    guard isSelected else { return select(&self) }
    hasClickActed = true
    press(.enter)
  }

  private mutating func scroll(_ lines: Int) {
    switch overlay {
    case nil: shownScreen.scroll(&self, lines)
    case .help?: scrollHelp(lines)
    case .menu?: moveMenu(lines > 0 ? 1 : -1)
    case .palette?: movePalette(lines)
    default: break
    }
  }
}
