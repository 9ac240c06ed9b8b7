import Foundation
import TestSupport

extension TemporaryFolder {
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
