// A folder that lives as long as one test.

import Foundation
import TestSupport

final class Scratch: Sendable {
  let path: String

  init() throws {
    var name = Array(
      "\(FileManager.default.temporaryDirectory.path)/winnow-test-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw RunFailure("no temporary folder: errno \(errno)") }
    path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something inside.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, making the folders above it, and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// Every file and folder inside, by path, with each file's bytes: equal before and after means
  /// that nothing was left behind and nothing was touched.
  func contents() throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      found[name] =
        (try? Data(contentsOf: URL(fileURLWithPath: self(name)))).map { [UInt8]($0) }
        ?? Array("a folder".utf8)
    }
    return found
  }
}
