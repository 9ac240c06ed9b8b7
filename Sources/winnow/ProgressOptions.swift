import ArgumentParser
import FoundationEssentials

/// The flag of commands that can take long.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to show progress on standard error: auto, bar, lines, json or none.",
      valueName: "style"),
    completion: .list(ProgressStyle.allCases.map(\.rawValue)))
  var progress = ProgressStyle.auto.rawValue

  func validate() throws {
    if ProgressStyle(rawValue: progress) == nil {
      let names = ProgressStyle.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--progress: expected one of \(names), found '\(progress)'")
    }
  }

  /// The reporter for this style.
  ///
  /// - Parameter elsewhere: what `auto` means without a terminal.
  func reporter(elsewhere: ProgressStyle = .lines) -> ProgressReporter {
    let environment = ProcessInfo.processInfo.environment
    let style = (ProgressStyle(rawValue: progress) ?? .auto).resolved(environment)
    let isQuiet = progress == ProgressStyle.auto.rawValue && style == .lines
    return ProgressReporter(isQuiet ? elsewhere : style, environment: environment)
  }
}
