// Readings as people and programs want them: a bar that fits a line of a terminal, a line, JSON.

import Foundations

extension ProgressReading {
  /// A bar for a terminal: what does not fit into `width` columns is left out, the least important
  /// first, and nothing is ever cut in the middle of a number.
  ///
  /// - Parameter colour: whether the done part may be green.
  public func bar(width: Int, colour: Bool) -> String {
    let digits = "\(part)"
    let percent = String(repeating: " ", count: 3 - digits.utf8.count) + digits + " %"
    let name = paddedStage + (progress.stages > 1 ? " \(progress.number)/\(progress.stages)" : "")
    let (done, total) = (Self.short(Double(progress.done)), Self.short(Double(progress.total)))
    let amounts = "\(done) of \(total) \(progress.unit)"
    let speed = rate.map { "\(Self.short($0))/s" }
    let time = isFinished ? nil : left.map { "\(Self.time($0)) left" }
    // From all there is to nearly nothing.
    let choices = [
      [percent, amounts, speed, time], [percent, amounts, time], [percent, time], [percent],
    ]
    for (choice, parts) in choices.enumerated() {
      let tail = parts.compactMap { $0 }.joined(separator: "  ")
      // The shortest bar is a little longer while much is left to say.
      let room = width - name.utf8.count - tail.utf8.count - 4
      if room >= (choice < 2 ? 12 : 6) {
        return "\(name)  \(track(min(30, room), colour))  \(tail)"
      }
      if choice == choices.count - 1, room >= -2 { return "\(name)  \(tail)" }
    }
    return width >= percent.utf8.count ? percent : ""
  }

  /// A line about a stage that goes on.
  public var line: String {
    var text = "\(paddedStage)  \(part) %, \(progress.done) of \(progress.total) \(progress.unit)"
    if let rate { text += ", \(Self.short(rate)) \(progress.unit)/s" }
    if let left { text += ", \(Self.time(left)) left" }
    return text
  }

  /// A line about a stage that is over.
  public var finalLine: String {
    let (done, units) = (progress.done, progress.unit)
    let counted = counted(done, String(units.dropLast()))
    var text = "\(paddedStage)  \(counted)  \((seconds * 10).rounded() / 10) s"
    if seconds >= 1, done > 0 { text += "  \(Self.short(Double(done) / seconds)) \(units)/s" }
    return text
  }

  /// One JSON object on one line; `rate` and `left` are null while they are not known.
  public var json: String {
    func number(_ value: Double?) -> String {
      value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "null"
    }
    let now = progress
    return "{\"stage\":\"\(now.stage)\",\"number\":\(now.number),\"stages\":\(now.stages),"
      + "\"done\":\(now.done),\"total\":\(now.total),\"unit\":\"\(now.unit)\","
      + "\"seconds\":\(number(seconds)),\"rate\":\(number(rate)),\"left\":\(number(left))}"
  }

  /// Whole per cents; 100 only when all is done.
  var part: Int { done(of: 100) }

  /// The done part of `whole`, rounded down.
  private func done(of whole: Int) -> Int {
    progress.total <= 0
      ? whole : Int(Double(progress.done) / Double(progress.total) * Double(whole))
  }

  private func track(_ width: Int, _ colour: Bool) -> String {
    let full = String(repeating: "#", count: done(of: width))
    let rest = String(repeating: ".", count: width - full.utf8.count)
    return colour && !full.isEmpty ? "\u{1B}[32m\(full)\u{1B}[0m\(rest)" : full + rest
  }

  private var paddedStage: String {
    let name = progress.stage.rawValue
    return name + String(repeating: " ", count: max(0, 8 - name.utf8.count))
  }

  /// Three digits: `950`, `12.3 k`, `4.56 M`.
  package static func short(_ value: Double) -> String {
    if value < 9.95 && value != value.rounded() { return "\((value * 10).rounded() / 10)" }
    if value < 999.5 { return "\(Int(value.rounded()))" }
    var (scaled, name) = (value, "")
    for next in ["k", "M", "G", "T"] where scaled >= 999.5 {
      (scaled, name) = (scaled / 1000, next)
    }
    let digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
    return "\(fixed(scaled, digits)) \(name)"
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    guard digits > 0 else { return "\(Int(value.rounded()))" }
    let scale = digits == 1 ? 10 : 100
    let whole = Int((value * Double(scale)).rounded())
    let rest = "\(whole % scale)"
    return "\(whole / scale)." + String(repeating: "0", count: digits - rest.utf8.count) + rest
  }

  /// `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; rounded up.
  package static func time(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "years" }
    let whole = Int(seconds.rounded(.up))
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86400: return "\(whole / 3600) h \(whole / 60 % 60) min"
    default: return "\(whole / 86400) d \(whole / 3600 % 24) h"
    }
  }
}
