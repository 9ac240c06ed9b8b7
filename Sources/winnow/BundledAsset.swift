import FoundationEssentials
import Storage

/// A file or folder that is shipped with the program.
struct BundledAsset {
  /// Its path below `share/winnow` in an installation, and below `assets` in the sources.
  let path: String
  /// For messages: "the bundled sample" has a "folder".
  let (what, kind): (String, String)
  /// The environment variable that overrides its path.
  let variable: String
  /// Whether a path is the asset.
  let isAt: @Sendable (String) -> Bool

  /// Finds it: the path in its variable, else `share/winnow` or `assets` beside the program or above it
  /// (following links), else the sources that the program was compiled from.
  func find(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> String
  {
    if let named = environment[variable] {
      guard isAt(named) else {
        throw Failure("\(variable): expected \(what)'s \(kind), found none at \(named)")
      }
      return absolutePath(named)
    }
    var folder = parentFolder(programPath())
    while true {
      for place in ["share/winnow", "assets"] where isAt("\(folder)/\(place)/\(path)") {
        return "\(folder)/\(place)/\(path)"
      }
      if folder == "/" || folder == "." { break }
      folder = parentFolder(folder)
    }
    let compiled =
      #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/assets/\(path)"
    guard isAt(compiled) else {
      throw Failure(
        "assets/\(path): \(what) is neither beside the program nor at \(compiled); "
          + "name it with \(variable)=\(kind.uppercased())")
    }
    return compiled
  }

  /// The sample that `winnow demo` builds.
  static let sample = BundledAsset(
    path: "sample", what: "the sample", kind: "folder", variable: "WINNOW_SAMPLE"
  ) { pathKind($0 + "/img_emb") == .folder && pathKind($0 + "/metadata") == .folder }

  /// The Python program that submits tasks to Ray.
  static let ray = BundledAsset(
    path: "ray/winnow_ray.py", what: "the Ray driver", kind: "file", variable: "WINNOW_RAY"
  ) { pathKind($0) == .file }
}

/// The absolute path of the running program, links followed.
func programPath() -> String {
  (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    ?? CommandLine.arguments[0]
}
