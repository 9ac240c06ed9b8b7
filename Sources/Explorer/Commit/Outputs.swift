// The files of a commit as they are chosen: some formats and one path, whose ending follows the
// format.

/// Formats and where each would be written.
public struct Outputs: Sendable, Equatable {
  let formats: [OutputFormat]
  /// The path without an ending.
  private(set) var base: String
  /// The names of the formats that are to be written.
  private(set) var chosen: Set<String>
  /// A path that was given whole, for its format only.
  private var exact: Output?

  /// Begins with one file; a name without the usual ending of its format is taken as it is.
  init(_ output: Output, formats: [OutputFormat]) {
    self.formats = formats
    chosen = [output.format]
    base = output.path
    let ending = formats.first { $0.name == output.format }.map { "." + $0.ending }
    if let ending, output.path.hasSuffix(ending), output.path.count > ending.count {
      base.removeLast(ending.count)
    } else {
      exact = output
    }
  }

  /// The path of a format, chosen or not.
  func path(of format: OutputFormat) -> String {
    if let exact, exact.format == format.name { return exact.path }
    let isShared = formats.contains {
      $0.name != format.name && $0.ending == format.ending && chosen.contains($0.name)
    }
    return base + (isShared ? ".\(format.name)" : "") + "." + format.ending
  }

  /// The files of all formats.
  var all: [Output] { formats.map { Output(format: $0.name, path: path(of: $0)) } }

  /// The files to be written.
  public var files: [Output] { all.filter { chosen.contains($0.format) } }

  mutating func toggle(_ format: OutputFormat) {
    if chosen.remove(format.name) == nil { chosen.insert(format.name) }
  }

  /// Chooses the format after the first chosen one, alone.
  mutating func chooseNext() {
    guard !formats.isEmpty else { return }
    let here = formats.firstIndex { chosen.contains($0.name) } ?? -1
    chosen = [formats[(here + 1) % formats.count].name]
  }

  /// Takes a typed path; the ending of a format in it is left to the formats.
  mutating func setPath(_ text: String) {
    exact = nil
    base = text
    if let ending = formats.map({ "." + $0.ending }).first(where: { text.hasSuffix($0) }),
      text.count > ending.count
    {
      base.removeLast(ending.count)
    }
  }
}
