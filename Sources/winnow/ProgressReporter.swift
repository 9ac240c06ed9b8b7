// Progress on standard error: a live bar on a terminal; otherwise one line per stage, and one every
// half minute during a long stage; or JSON for programs.

import ArgumentParser
import FoundationEssentials
import Glibc
import Synchronization
import Tasks

enum ProgressStyle: String, CaseIterable {
  case auto, bar, lines, json, none
}

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
    var style = ProgressStyle(rawValue: progress) ?? .auto
    if style == .auto {
      let hasTerminal = isatty(2) == 1 && !["", "dumb"].contains(environment["TERM"] ?? "")
      style = hasTerminal ? .bar : elsewhere
    }
    return ProgressReporter(style, environment: environment)
  }
}

/// Shows the progress of a command; any thread may report to it.
final class ProgressReporter: Sendable {
  private struct State {
    var meter = ProgressMeter()
    var shown = Duration.zero
    var isDrawn = false
  }

  private let style: ProgressStyle
  private let colour: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(_ style: ProgressStyle, environment: [String: String]) {
    self.style = style
    colour = (environment["NO_COLOR"] ?? "").isEmpty
  }

  private var now: Duration { ContinuousClock.now - start }

  /// The time between two redraws of the bar, two lines or two objects.
  private var pause: Duration {
    switch style {
    case .bar: .milliseconds(50)
    case .json: .milliseconds(500)
    default: .seconds(30)
    }
  }

  var observer: BuildObserver {
    BuildObserver(
      progress: { self.report($0) }, message: { self.message($0) },
      isCancelled: { Interruption.isAsked })
  }

  /// Reports the done part of a command's rows; returns whether it may go on.
  func report(_ command: String, _ part: Double, of rows: Int) -> Bool {
    report(
      BuildProgress(
        stage: StageName(command), number: 1, stages: 1, done: Int(part * Double(rows)),
        total: rows, unit: "rows"))
    return !Interruption.isAsked
  }

  func report(_ progress: BuildProgress) {
    state.withLock { state in
      let isNew = state.meter.last?.stage != progress.stage
      if isNew { finishStage(&state) }
      guard let reading = state.meter.update(progress, now: now) else { return }
      // The report of the next stage shows that this one has ended.
      let isDue = now - state.shown >= pause
      switch style {
      case .bar: if isNew || isDue || reading.isFinished { draw(&state, reading) }
      case .json: if !reading.isFinished, isNew || isDue { show(&state, reading.json) }
      case .lines: if isNew { state.shown = now } else if isDue { show(&state, reading.line) }
      case .auto, .none: break
      }
    }
  }

  /// Ends the last stage's line.
  func finish() {
    state.withLock { state in
      finishStage(&state)
      state = State()
    }
  }

  /// Clears the bar of an unfinished stage.
  func abandon() {
    state.withLock { state in
      clear(&state)
      state = State()
    }
  }

  /// Writes a line without disturbing the bar.
  func message(_ text: String) {
    state.withLock { state in
      clear(&state)
      if style == .json {
        // Escaping JSON strings by hand is error-prone.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let text = try? encoder.encode(["message": text])
        standardError(String(decoding: text ?? Data(), as: UTF8.self))
      } else {
        standardError(text)
      }
    }
  }

  private func finishStage(_ state: inout State) {
    guard let reading = state.meter.reading(now: now) else { return }
    clear(&state)
    switch style {
    case .json: show(&state, reading.json)
    // A command with a single stage prints its own result.
    case .bar, .lines: if reading.stages > 1 { show(&state, reading.finalLine) }
    case .auto, .none: break
    }
  }

  private func show(_ state: inout State, _ line: String) {
    state.shown = now
    standardError(line)
  }

  private func draw(_ state: inout State, _ reading: ProgressReading) {
    state.shown = now
    state.isDrawn = true
    // A terminal may wrap a line that fills its last column.
    standardError("\r\u{1B}[K\(reading.bar(width: columns - 1, colour: colour))", end: "")
  }

  private func clear(_ state: inout State) {
    if state.isDrawn { standardError("\r\u{1B}[K", end: "") }
    state.isDrawn = false
  }

  private var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
