/// What went wrong with a file: its path, the fault, and the way out.
///
/// Every message reads `PATH: fault; way out`, so that a person can act on it without
/// knowing the program.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder the error is about, as the user wrote it.
  public let path: String
  /// What was expected and what was found.
  public let fault: String
  /// What to do about it, where there is something to do.
  public let remedy: String?
  /// The system's error number, where the system refused.
  public let code: Int32?

  public init(path: String, fault: String, remedy: String? = nil, code: Int32? = nil) {
    self.path = path
    self.fault = fault
    self.remedy = remedy
    self.code = code
  }

  public var description: String {
    remedy.map { "\(path): \(fault); \($0)" } ?? "\(path): \(fault)"
  }
}
