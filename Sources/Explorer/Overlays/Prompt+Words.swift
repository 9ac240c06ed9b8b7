// Prompts whose text is no number of the plan: paths, notes, keys, words to look for.

import Canvas

extension Prompt.Purpose {
  /// Whether the question of the commit stands behind the prompt.
  var belongsToCommit: Bool { self == .path || self == .commitNote }
}

extension State {
  /// Takes the text of a prompt that does not change the plan.
  ///
  /// - Returns: false when the prompt is not of that kind.
  mutating func acceptWords(_ prompt: Prompt) -> Bool {
    switch prompt.purpose {
    case .path:
      let name = prompt.text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      guard !name.isEmpty else {
        warn("path: expected a file's name, found \"\(visible(prompt.text))\"")
        return true
      }
      outputs.setPath(prompt.text)
      openCommit()
    case .commitNote:
      commitNote = prompt.text
      openCommit()
    case .find, .rowKey, .search:
      guard !prompt.text.isEmpty else {
        warn("\(prompt.label): type what to look for, or Esc")
        return true
      }
      overlay = nil
      switch prompt.purpose {
      case .find: find(prompt.text)
      case .rowKey: seek(prompt.text)
      default:
        items.captionSearch = prompt.text
        search(backwards: false)
      }
    default: return false
    }
    return true
  }

  /// What such a prompt says about its text; nil for prompts of another kind.
  func wordsHint(_ prompt: Prompt) -> (text: String, role: Role)? {
    switch prompt.purpose {
    case .path: ("endings follow the formats", .dim)
    case .find:
      subject.hasCaptions
        ? ("a key, its beginning, or words of a caption", .dim) : ("a key or its beginning", .dim)
    case .rowKey: ("a key or its beginning", .dim)
    case .search: ("words of a caption, large or small letters alike", .dim)
    case .commitNote: ("stands in the history beside the plan", .dim)
    default: nil
    }
  }
}
