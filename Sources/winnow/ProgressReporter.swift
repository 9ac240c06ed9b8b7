// Progress on standard error: a live bar on a terminal, a line a stage elsewhere.

import Synchronization
import Workspace

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Shows how far a build is; any thread may tell it.
final class ProgressReporter: Sendable {
  private struct State {
    var stage: BuildProgress.Stage?
    var began = ContinuousClock.now
    var drawn = ContinuousClock.now - .seconds(1)
    var last: BuildProgress?
  }

  private let isTerminal = isatty(2) == 1
  private let state = Mutex(State())

  func report(_ progress: BuildProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.stage != progress.stage {
        finishStage(&state)
        state.stage = progress.stage
        state.began = now
      }
      if let last = state.last, last.stage == progress.stage, last.done > progress.done { return }
      state.last = progress
      guard isTerminal, progress.done == progress.total || now - state.drawn > .milliseconds(50)
      else { return }
      state.drawn = now
      draw(bar(progress, seconds(now - state.began)))
    }
  }

  /// Ends the last stage's line.
  func finish() {
    state.withLock { state in
      finishStage(&state)
      state.stage = nil
      state.last = nil
    }
  }

  /// Clears the bar of a stage that did not end.
  func abandon() {
    state.withLock { state in
      if isTerminal && state.last != nil { draw("") }
      state.last = nil
    }
  }

  /// Writes a line without disturbing the bar.
  func message(_ text: String) {
    state.withLock { _ in
      if isTerminal { draw("") }
      standardError(text)
    }
  }

  private func finishStage(_ state: inout State) {
    guard let last = state.last, state.stage != nil else { return }
    let elapsed = seconds(ContinuousClock.now - state.began)
    if isTerminal { draw("") }
    let unit = last.done == 1 ? String(last.unit.dropLast()) : last.unit
    standardError("\(name(last.stage))  \(last.done) \(unit)  \(tenths(elapsed)) s")
  }

  private func bar(_ progress: BuildProgress, _ elapsed: Double) -> String {
    let part = Double(progress.done) / Double(max(1, progress.total))
    let filled = Int(part * 30)
    var text = "\(name(progress.stage))  "
    text += String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
    text += "  \(Int(part * 100)) %  \(progress.done) of \(progress.total) \(progress.unit)"
    if elapsed > 1, progress.done > 0, progress.done < progress.total {
      text += "  \(Int(elapsed / part * (1 - part)) + 1) s left"
    }
    return text
  }

  private func draw(_ text: String) {
    let bytes = Array("\r\u{1B}[K\(text)".utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress!, $0.count) }
  }

  private func name(_ stage: BuildProgress.Stage) -> String {
    stage.rawValue + String(repeating: " ", count: max(0, 8 - stage.rawValue.count))
  }

  private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private func tenths(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }
}
