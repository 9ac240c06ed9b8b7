import Foundation

/// A new, empty folder that disappears with this value.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let pattern = FileManager.default.temporaryDirectory.path + "/winnow-test-XXXXXX"
    var name = Array(pattern.utf8CString)
    guard mkdtemp(&name) != nil else {
      throw RunFailure("\(pattern): no temporary folder: \(String(cString: strerror(errno)))")
    }
    path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` inside, whether or not it exists.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file, making the folders above it.
  ///
  /// - Returns: its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return self(name)
  }

  /// Writes a text file, making the folders above it.
  ///
  /// - Returns: its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// Writes a program, making the folders above it.  Another process writes it: as long as this one
  /// had it open, a program that another test starts meanwhile could hold it open, and the kernel
  /// runs no program that is open for writing ("Text file busy").
  ///
  /// - Returns: its path.
  @discardableResult
  public func program(_ name: String, _ text: String) throws -> String {
    let path = self(name)
    let script = "mkdir -p -- \"${0%/*}\" && cat > \"$0\" && chmod 755 \"$0\""
    let result = try ProcessRunner.run("sh", ["-c", script, path], input: Array(text.utf8))
    guard result.exitCode == 0 else { throw RunFailure(result.errors) }
    return path
  }

  /// The names in the folder, sorted.
  public func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self(folder)).sorted()
  }
}
