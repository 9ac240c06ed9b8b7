// Actions of scenarios, of Shift and of the Map.

extension Actions {
  static let scenarios: [Action] =
    [
      Action(
        "scenario.store", ["'"], Context.screens, .scenarios, label: "store",
        help: "Store this plan: then 1, 2, 3 or 4", barRank: 18
      ) { $0.openMenu(.store) }
    ]
    + (1...State.scenarioPlaces).map { number in
      Action(
        "scenario.recall-\(number)", [.character(Character("\(number)"))], Context.screens,
        .scenarios, label: "scenario \(number)", help: "Go to scenario \(number)"
      ) { $0.recallScenario(number) }.when { state in
        state.scenarios[number - 1] != nil
          ? .yes : .no("scenario \(number) is empty; ' \(number) stores this plan in it")
      }
    }

  static let shift: [Action] = [
    Action(
      "shift.before", ["B"], [.shift], .shift, label: "before",
      help: "Compare with the next stored scenario", barRank: 3
    ) { $0.turnBefore() }.when { state in
      state.scenarios.contains { $0 != nil }
        ? .yes : .no("no scenario is stored; ' and a digit store the plan on the screen")
    },
    Action(
      "shift.sort", ["s"], [.shift], .shift, label: "sort",
      help: "By change, gains, losses or P", barRank: 4
    ) { $0.turnShiftOrder() },
    Action(
      "shift.left", ["h", .left], [.shift], .shift, label: "along P",
      help: "To the next column with a larger P", barRank: 8, barKeys: "← →"
    ) { $0.moveShiftColumn(-1) },
    Action(
      "shift.right", ["l", .right], [.shift], .shift, label: "right",
      help: "To the next column with a smaller P"
    ) { $0.moveShiftColumn(1) },
  ]

  static let map: [Action] = [
    Action(
      "map.left", ["h", .left], [.map], .shift, label: "left",
      help: "The nearest concept to the left"
    ) { $0.moveOnMap(x: -1, y: 0) },
    Action(
      "map.right", ["l", .right], [.map], .shift, label: "right",
      help: "The nearest concept to the right"
    ) { $0.moveOnMap(x: 1, y: 0) },
    Action(
      "map.zoom-in", ["z"], [.map], .shift, label: "zoom", help: "Zoom in around the concept",
      barRank: 3, barKeys: "z Z"
    ) { $0.zoomMap(1) }.when {
      $0.map.zoom < State.mapZooms ? .yes : .no("this is as near as it goes")
    },
    Action(
      "map.zoom-out", ["Z"], [.map], .shift, label: "zoom out", help: "Zoom out"
    ) { $0.zoomMap(-1) }.when {
      $0.map.zoom > 0 ? .yes : .no("the Map shows everything already")
    },
    Action(
      "map.layer", ["L"], [.map], .shift, label: "layer",
      help: "Show all, or some by their plan or marks", barRank: 4
    ) { $0.turnMapLayer() },
  ]

  static let menuLines: [Action] = (1...State.scenarioPlaces).map { number in
    Action(
      "menu.line-\(number)", [.character(Character("\(number)"))], [.menu], .answering,
      label: "line \(number)", help: "Take line \(number) of a menu"
    ) { $0.takeMenuLine(number - 1) }
  }
}
