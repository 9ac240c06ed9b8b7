// `--memory` against what the stages take.

import Foundations
import Tasks

extension BuildPlan {
  /// What each step takes at most in one process, in the order of the stages; those that take little
  /// are left out.
  var memory: [(step: StageName, bytes: Int)] {
    let shape = BuildShape(self)
    return buildStages(self, rounds: false).compactMap { stage in
      stage.memory(shape).map { (stage.step, $0) }
    }
  }

  /// - Throws: ``WinnowError`` when the budget is too small: what is needed, and what would lower it.
  func checkMemory() throws(WinnowError) {
    let worst = memory.max { $0.bytes < $1.bytes }!
    guard let budget = parameters.memory, worst.bytes > budget else { return }
    let shape = BuildShape(self)
    let isTraining = worst.step == .train
    var ways = ["give --memory \(byteText(worst.bytes).filter { $0 != " " }) or more"]
    let (perRow, rows) = (shape.perTrainingRow, shape.trainingRows)
    let fitting = (budget - (worst.bytes - rows * perRow)) / perRow
    if isTraining, fitting >= parameters.clusters {
      ways.append("see fewer rows with --training-rows \(fitting)")
    } else if shape.threads > 1 {
      ways.append("use fewer --threads than \(shape.threads)")
    }
    throw .invalid(
      "--memory: expected at least \(byteText(worst.bytes)), found \(byteText(budget)): the stage "
        + "\(worst.step) takes the most" + (isTraining ? ", for \(rows) training rows" : "")
        + "; " + ways.joined(separator: ", or "))
  }
}
