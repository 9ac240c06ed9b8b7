// What clicks and the wheel do. What is drawn says itself what a click on it means (`Grid.mark`);
// the rest of a screen's region belongs to the screen's entry in the registry. What lies above a
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
    } else {
      clickScreen(meaning, spot)
    }
  }

  private mutating func clickScreen(_ meaning: Mark.Meaning?, _ spot: Spot) {
    let entry = Screens.entry(screen)
    let body = Layout(self, size).body
    guard body.contains(spot), size.width >= entry.smallest.width,
      size.height >= entry.smallest.height
    else { return }
    entry.click(&self, body, spot)
  }

  /// Takes a line of what lies above the screen.
  private mutating func choose(_ line: Int, _ overlay: Overlay) {
    switch overlay {
    case .menu(var menu):
      menu.index = line
      self.overlay = .menu(menu)
      press(.enter)
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
    case nil: Screens.entry(screen).scroll(&self, lines)
    case .help?: scrollHelp(lines)
    case .menu?: moveMenu(lines > 0 ? 1 : -1)
    case .palette?: movePalette(lines)
    default: break
    }
  }

  /// Moves what the table shows; the cursor stays on its concept while that is on the screen.
  mutating func scrollTable(_ step: Int) {
    let lines = max(1, tableLines(size))
    let top = min(max(0, table.top + step), max(0, table.order.count - lines))
    guard top != table.top else { return moveCursor(step) }
    let (first, last) = (top, min(top + lines, table.order.count) - 1)
    table.top = top
    moveCursor(min(max(table.position, first), last) - table.position)
  }

  /// Moves what Items shows; the cursor stays on its row while that is on the screen.
  mutating func scrollItems(_ step: Int) {
    settleItems()
    guard let cluster = cursor else { return }
    let lines = max(1, itemLines)
    let top = min(max(0, items.top + step), max(0, subject.scores.size[cluster] - lines))
    guard top != items.top else { return moveItems(step) }
    items.top = top
    moveItems(min(max(items.rank, top), top + lines - 1) - items.rank)
  }
}
