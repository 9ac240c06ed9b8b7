import Storage

/// What is wrong with an input: where, what was expected and found, and the way out.
///
/// Every message reads `PATH, place: fault; way out`, so that a person can act on it without
/// knowing the program.
public struct IngestError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, folder or address the error is about, as the user wrote it.
  public let path: String
  /// The place in the file (`line 12`, `row 7`), where there is one. Lines count from 1, rows
  /// from 0 and within their shard.
  public let place: String?
  /// What was expected and what was found.
  public let fault: String
  /// What to do about it.
  public let remedy: String?

  public init(path: String, place: String? = nil, fault: String, remedy: String? = nil) {
    self.path = path
    self.place = place
    self.fault = fault
    self.remedy = remedy
  }

  /// The same error in this module's words.
  public init(_ error: StorageError) {
    self.init(path: error.path, fault: error.fault, remedy: error.remedy)
  }

  public var description: String {
    var text = place.map { "\(path), \($0): \(fault)" } ?? "\(path): \(fault)"
    if let remedy { text += "; \(remedy)" }
    return text
  }
}

/// Runs a step of Storage, turning its error into this module's.
func storage<Result: ~Copyable>(
  _ step: () throws(StorageError) -> Result
) throws(IngestError) -> Result {
  do throws(StorageError) { return try step() } catch { throw IngestError(error) }
}
