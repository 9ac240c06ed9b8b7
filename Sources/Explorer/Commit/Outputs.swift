// The files of a commit as they are chosen: some formats and one path, whose ending follows the
// format.

import Manifests

/// A file that a commit writes; its path is relative to the folder in which the program was
/// started, or absolute.
public typealias Output = ManifestRequest.List

/// Formats and where each would be written.
public struct Outputs: Sendable, Equatable {
  let formats: [ManifestFormat]
  /// The path without an ending.
  private(set) var base: String
  private(set) var chosen: Set<ManifestFormat>
  /// A path that was given whole, for its format only.
  private var exact: Output?

  /// Begins with one file; a name without the usual ending of its format is taken as it is.
  init(_ output: Output, formats: [ManifestFormat]) {
    self.formats = formats
    chosen = [output.format]
    base = Outputs.base(of: output.output, [output.format])
    if base == output.output { exact = output }
  }

  /// The path of a format, chosen or not.
  func path(of format: ManifestFormat) -> String {
    if let exact, exact.format == format { return exact.output }
    let isShared = formats.contains {
      $0 != format && $0.fileExtension == format.fileExtension && chosen.contains($0)
    }
    return base + (isShared ? ".\(format.rawValue)" : "") + "." + format.fileExtension
  }

  var all: [Output] { formats.map { Output(format: $0, output: path(of: $0)) } }

  /// The files to be written.
  public var files: [Output] { all.filter { chosen.contains($0.format) } }

  mutating func toggle(_ format: ManifestFormat) {
    if chosen.remove(format) == nil { chosen.insert(format) }
  }

  /// Chooses the format after the first chosen one, alone.
  mutating func chooseNext() {
    guard !formats.isEmpty else { return }
    let here = formats.firstIndex(where: chosen.contains) ?? -1
    chosen = [formats[(here + 1) % formats.count]]
  }

  /// Takes a typed path; the ending of a format in it is left to the formats.
  mutating func setPath(_ text: String) {
    exact = nil
    base = Outputs.base(of: text, formats)
  }

  /// The path without the ending of one of these formats.
  private static func base(of path: String, _ formats: [ManifestFormat]) -> String {
    let ending = formats.map { "." + $0.fileExtension }.first {
      path.hasSuffix($0) && path.count > $0.count
    }
    return String(path.dropLast(ending?.count ?? 0))
  }
}
