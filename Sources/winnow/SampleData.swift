import FoundationEssentials
import Storage

/// Where the bundled sample lies.
enum SampleData {
  /// The sample's folder: what `WINNOW_SAMPLE` names, else `share/winnow/sample` or
  /// `assets/sample` beside the program or above it (links followed), else the sources it was
  /// compiled from.
  static func find() throws -> String {
    if let named = ProcessInfo.processInfo.environment["WINNOW_SAMPLE"] {
      guard isSample(named) else {
        throw Failure("WINNOW_SAMPLE: expected the sample's folder, found none at \(named)")
      }
      return named
    }
    var folder = parentFolder(programPath())
    while true {
      for place in ["share/winnow/sample", "assets/sample"]
      where isSample(folder + "/" + place) { return folder + "/" + place }
      if folder == "/" || folder == "." { break }
      folder = parentFolder(folder)
    }
    let compiled =
      #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
      + "/assets/sample"
    guard isSample(compiled) else {
      throw Failure(
        "assets/sample: the bundled sample is neither beside the program nor at \(compiled); "
          + "name it with WINNOW_SAMPLE=FOLDER")
    }
    return compiled
  }

  private static func isSample(_ folder: String) -> Bool {
    pathKind(folder + "/img_emb") == .folder && pathKind(folder + "/metadata") == .folder
  }
}
