/// What went wrong outside the program: the file, the place in it, the fault, and the way out.
///
/// A message reads `PATH, PLACE: fault; way out`, so that a person can act on it without knowing
/// the program.
public struct WinnowError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, folder or address the error is about, as the user wrote it; nil when the fault says
  /// all.
  public let path: String?
  /// The place in the file (`line 12`, `row 7`), where there is one. Lines count from 1, rows
  /// from 0 and within their shard.
  public let place: String?
  /// What was expected and what was found.
  public let fault: String
  /// What to do about it, where there is something to do.
  public let remedy: String?
  /// The system's error number, where the system refused.
  public let code: Int32?
  /// Whether somebody asked to stop.
  public let isInterruption: Bool
  /// Where finished work waits for the next build, when a build ended early.
  public let finishedWork: String?

  public init(
    path: String, place: String? = nil, fault: String, remedy: String? = nil, code: Int32? = nil
  ) {
    self.init(path, place, fault, remedy, code, isInterruption: false, finishedWork: nil)
  }

  private init(
    _ path: String?, _ place: String?, _ fault: String, _ remedy: String?, _ code: Int32?,
    isInterruption: Bool, finishedWork: String?
  ) {
    self.path = path
    self.place = place
    self.fault = fault
    self.remedy = remedy
    self.code = code
    self.isInterruption = isInterruption
    self.finishedWork = finishedWork
  }

  /// A message of its own: where, what, and what to do.
  public static func invalid(_ text: String) -> WinnowError {
    WinnowError(nil, nil, text, nil, nil, isInterruption: false, finishedWork: nil)
  }

  /// Somebody asked to stop.
  public static let interrupted = WinnowError(
    nil, nil, "interrupted", nil, nil, isInterruption: true, finishedWork: nil)

  /// A build ended early, with finished work in `folder` that the next one uses.
  public static func unfinished(_ error: WinnowError, folder: String) -> WinnowError {
    WinnowError(
      error.path, error.place, error.fault, error.remedy, error.code,
      isInterruption: error.isInterruption, finishedWork: folder)
  }

  /// What the program's exit status is when this ends it.
  public var status: Int32 { isInterruption ? 130 : 1 }

  public var description: String {
    if isInterruption {
      return finishedWork.map {
        "\(fault); the same command continues where it stopped (finished work is in \($0))"
      } ?? "\(fault): nothing was written"
    }
    var text = fault
    if let path { text = place.map { "\(path), \($0): \(fault)" } ?? "\(path): \(fault)" }
    if let remedy { text += "; \(remedy)" }
    if let finishedWork {
      text += "; finished work is in \(finishedWork), and the next build uses it"
    }
    return text
  }
}

/// The error of a damaged file of a workspace.
public func damaged(_ path: String, _ fault: String) -> WinnowError {
  .invalid("\(path): \(fault); the workspace is damaged: build it again")
}
