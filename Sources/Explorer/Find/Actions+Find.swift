// Actions that look for rows: in the whole data set, and among the rows of a concept.

import Canvas

extension Actions {
  static let find: [Action] = [
    Action(
      "find", ["f"], "find", on: Context.screens, in: .finding,
      help: "Find a key or caption in all the data", rank: 8
    ) { $0.overlay = .prompt(Prompt(purpose: .find, text: $0.finding.text)) },
    Action(
      "find.go", [.enter], "go there", on: [.find], in: .finding,
      help: "Show the row among those of its concept", rank: 0
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
      help: "Go on with a search that stopped", rank: 9
    ) { $0.findMore() }.when { state in
      if state.running(FindQuestion.self) != nil { return .no("the search is under way") }
      return state.finding.next == nil ? .no("all has been searched") : .yes
    },
    Action(
      "items.key", ["K"], "key", help: "Type a key to go to", rank: 3
    ) { $0.overlay = .prompt(Prompt(purpose: .rowKey)) },
    Action(
      "items.search", ["/"], "search", help: "Search the captions of the concept", rank: 3
    ) { $0.overlay = .prompt(Prompt(purpose: .search)) }.when(hasCaptions),
    Action(
      "items.next-match", [">"], "next",
      help: "The next row with what was searched", rank: 5, shown: "> <"
    ) { $0.search(backwards: false) }.when(hasSearch),
    Action(
      "items.previous-match", ["<"], "previous", help: "The previous row with it"
    ) { $0.search(backwards: true) }.when(hasSearch),
  ].on([.items], .items)

  private static let hasCaptions: @Sendable (State) -> Action.Availability = { state in
    state.subject.hasCaptions ? .yes : .no("the workspace has no captions")
  }

  private static let hasSearch: @Sendable (State) -> Action.Availability = { state in
    state.items.captionSearch.isEmpty ? .no("/ types what to search for") : .yes
  }
}
