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
  public private(set) var isInterruption = false
  /// Where finished work waits for the next build, when a build ended early.
  public private(set) var finishedWork: String?

  public init(
    path: String?, place: String? = nil, fault: String, remedy: String? = nil, code: Int32? = nil
  ) {
    self.path = path
    self.place = place
    self.fault = fault
    self.remedy = remedy
    self.code = code
  }

  /// A message of its own: where, what, and what to do.
  public static func invalid(_ text: String) -> WinnowError {
    WinnowError(path: nil, fault: text)
  }

  /// Somebody asked to stop.
  public static var interrupted: WinnowError {
    var error = invalid("interrupted")
    error.isInterruption = true
    return error
  }

  /// A build ended early, with finished work in `folder` that the next one uses.
  public static func unfinished(_ error: WinnowError, folder: String) -> WinnowError {
    var error = error
    error.finishedWork = folder
    return error
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
