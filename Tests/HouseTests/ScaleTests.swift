// docs/scale.md speaks of machines that nobody has here, so what it was computed with is checked.

import Foundation
import TestSupport
import Testing

@Suite struct ScaleTests {
  /// The simulated cluster against closed forms, the stages' formulas against sizes that builds had,
  /// and the page against the rates that lie beside it.
  @Test func theSimulationAgreesWithClosedForms() throws {
    let python = ProcessInfo.processInfo.environment["WINNOW_TEST_PYTHON"] ?? "python3"
    let result = try ProcessRunner.run(
      python, ["\(packageRoot())/Tests/Scale/simulate_scale.py", "--check"],
      environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("ok      bytes_are_kept"), "\(result.output)")
  }

  /// The simulation takes its task graph from the program's own list of tasks.
  @Test func theSimulatedStagesAreThoseOfTheTaskList() throws {
    let python = ProcessInfo.processInfo.environment["WINNOW_TEST_PYTHON"] ?? "python3"
    let result = try ProcessRunner.run(
      python, ["\(packageRoot())/Tests/Scale/make_stages.py", winnowBinary(), "--check"])
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
  }
}
