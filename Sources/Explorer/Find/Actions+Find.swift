// Actions that look for rows: in the whole data set, and among the rows of a concept.

extension Actions {
  static let find: [Action] = [
    Action(
      "find", ["f"], "find", on: Context.screens, in: .finding,
      help: "Find a key or caption in the data set", rank: 8
    ) { $0.overlay = .prompt(.find($0.finding.text)) },
    Action(
      "find.go", [.enter], "go there", on: [.find], in: .finding,
      help: "Show the row in its concept", rank: 0
    ) { state in
      if let hit = state.hit { state.goTo(hit) }
    }.when { state in
      guard let hit = state.hit else { return .no("there is no row to go to") }
      switch hit.whereabouts {
      case .unknown: return .no("its concept is still being looked up")
      case .nowhere(let reason): return .no("the row is in no concept: \(reason)")
      case .at: return .yes
      }
    },
    Action(
      "find.more", [">"], "more", on: [.find], in: .finding,
      help: "Continue a stopped search", rank: 9
    ) { $0.findMore() }.when { state in
      if state.running(FindQuestion.self) != nil { return .no("the search is under way") }
      return state.finding.next == nil ? .no("everything has been searched") : .yes
    },
    Action(
      "items.key", ["K"], "key", help: "Type a key to go to", rank: 3
    ) { $0.overlay = .prompt(.rowKey) },
    Action(
      "items.search", ["/"], "search", help: "Search the captions of the concept", rank: 3
    ) { $0.overlay = .prompt(.search) }.when(hasCaptions),
    Action(
      "items.next-match", [">"], "next",
      help: "Next match", rank: 5, shown: "> <"
    ) { $0.search(backwards: false) }.when(hasSearch),
    Action(
      "items.previous-match", ["<"], "previous", help: "Previous match"
    ) { $0.search(backwards: true) }.when(hasSearch),
  ].on([.items], .items)

  private static let hasCaptions: @Sendable (State) -> Action.Availability = { state in
    state.subject.hasCaptions ? .yes : .no("the workspace has no captions")
  }

  private static let hasSearch: @Sendable (State) -> Action.Availability = { state in
    state.items.captionSearch.isEmpty ? .no("nothing to search for; type it after /") : .yes
  }
}

extension Prompt {
  /// A key or words in the whole data set.
  static func find(_ text: String) -> Prompt {
    words(
      "find", text: text,
      hint: {
        $0.subject.hasCaptions
          ? "a key, its beginning, or words of a caption" : "a key or its beginning"
      }, accepted: { $0.find($1) })
  }

  /// The key of a row to go to.
  static let rowKey = words(
    "key", hint: { _ in "a key or its beginning" }, accepted: { $0.seek($1) })

  /// Words in the captions of the cursor's concept.
  static let search = words(
    "search", hint: { _ in "words of a caption; case does not matter" },
    accepted: {
      $0.items.captionSearch = $1
      $0.search(backwards: false)
    })
}
