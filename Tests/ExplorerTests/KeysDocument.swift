// docs/keys.md, from the action table. A test compares the file with this text.

import Explorer

/// The page of all keys, as Markdown.
func keysDocument() -> String {
  var page = """
    # Keys of the explorer

    This page is generated from the action table (`Actions.all` in
    `Sources/Explorer/Core/Action.swift`); a test compares them. Press `?` in the explorer for the
    same list. If a key does nothing, a message says why.

    Keys are named as in scripts: single characters stand for themselves, others are `Space`,
    `Enter`, `Escape`, `Tab`, `BackTab`, `Backspace`, `Delete`, `Up`, `Down`, `Left`, `Right`,
    `PageUp`, `PageDown`, `Home`, `End`, `F1` to `F12` and `Ctrl-` with a letter.

    """
  for group in ActionGroup.allCases {
    let actions = Actions.all.filter { $0.group == group }
    guard !actions.isEmpty else { continue }
    page += "\n## \(group.rawValue)\n\n| keys | where | what |\n| --- | --- | --- |\n"
    for action in actions {
      let keys = action.keys.map { "`\($0.text)`" }.joined(separator: " ")
      page += "| \(keys) | \(places(action.contexts)) | \(action.help) |\n"
    }
  }
  page += """

    ## Mouse

    | what | does |
    | --- | --- |
    | click on a line | goes to it; on the line under the cursor it acts as `Enter`, as does a double click |
    | click on a column's title | sorts by the column; a second click reverses the order |
    | click on the key bar, a menu, an answer | does what it says |
    | wheel | scrolls by three lines |

    Clicking outside a dialogue does not close it. `--no-mouse` leaves the mouse to the
    terminal; without that flag, hold Shift to select text in most terminals.

    ## Scripts

    `winnow explore WORKSPACE --script FILE` presses the keys in a file, without a
    terminal, on a screen of 120x36 or the size given by `--size`. A line contains keys separated
    by spaces; each is pressed once the work of the previous one is done. Lines that begin with `# `
    are comments. Besides keys:

    | line | what |
    | --- | --- |
    | `:type TEXT` | types the rest of the line, character by character |
    | `:save-screen FILE` | writes the screen as text; with its styles if FILE ends in `.cells` |
    | `:resize WxH` | changes the size of the screen |

    """
  return page
}

/// Where an action can be done, in words.
private func places(_ contexts: Set<Context>) -> String {
  if contexts.count == Context.allCases.count { return "everywhere" }
  var words = contexts.isSuperset(of: Context.screens) ? ["every screen"] : []
  for context in Context.allCases where contexts.contains(context) {
    if words.isEmpty || !Context.screens.contains(context) || words[0] != "every screen" {
      words.append(context.title.lowercased())
    }
  }
  return words.joined(separator: ", ")
}
