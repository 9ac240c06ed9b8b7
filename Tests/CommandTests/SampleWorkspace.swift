// Workspaces that many tests read: built once a run, removed when the run ends.

import Foundation
import TestSupport

enum SampleWorkspace {
  /// `assets/sample` with 20 concepts: 1,250 rows with keys (uids) and captions.
  static let shared = Result { try make() }

  static var path: String { get throws { try shared.get() } }

  private static let folder = Result { try TemporaryFolder() }

  private static func make() throws -> String {
    let scratch = try folder.get()
    atexit { try? FileManager.default.removeItem(atPath: (try SampleWorkspace.folder.get()).path) }
    try winnowSucceeds(
      "build", "\(packageRoot())/assets/sample", "-o", scratch("sample.winnow"),
      "--clusters", "20")
    return scratch("sample.winnow")
  }

  /// A copy that a test may damage.
  static func copy(into scratch: TemporaryFolder) throws -> String {
    try FileManager.default.copyItem(atPath: try path, toPath: scratch("copy.winnow"))
    return scratch("copy.winnow")
  }
}
