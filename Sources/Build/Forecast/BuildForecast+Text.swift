import Foundations

extension BuildForecast {
  /// A table for people.
  public var text: String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    func time(_ seconds: Double) -> String {
      seconds < 100 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds / 60) + 1) min"
    }
    var lines = [layout]
    lines.append(
      "\(rows) rows of \(dimensions) dimensions, \(clusters) concepts, \(trainingRows) training "
        + "rows, \(threads) threads")
    lines.append(
      "stage   " + cell("tasks", 8) + cell("done", 8) + cell("memory", 12) + cell("disk", 12)
        + cell("time", 10))
    for stage in stages {
      let name = stage.stage + String(repeating: " ", count: max(0, 8 - stage.stage.count))
      lines.append(
        name + cell("\(stage.tasks)", 8) + cell("\(stage.before)", 8)
          + cell(stage.memory.map(byteText) ?? "little", 12) + cell(byteText(stage.disk), 12)
          + cell(time(stage.seconds), 10))
    }
    lines.append("memory at most   \(byteText(memory))")
    lines.append(
      "disk at most     \(byteText(disk)), \(byteText(workspace)) of it for the workspace")
    lines.append("time             about \(time(seconds)), by a short measurement on these rows")
    return lines.joined(separator: "\n") + "\n"
  }
}
