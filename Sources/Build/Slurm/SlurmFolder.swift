// The folder of a build's scripts for Slurm.  Besides the scripts it has what grows there when they
// are used, the logs and the numbers of the jobs, which stay when the scripts are written again.

import Foundations
import Storage
import Tasks

/// Records a build and writes the scripts that submit its tasks to Slurm into a folder.
///
/// Every file is written whole or not at all, `submit.sh` last: a folder that has one has all that it
/// submits. Scripts of an earlier writing are replaced.
///
/// - Parameters:
///   - folder: where they shall be; nil: `NAME.slurm` beside the workspace.
///   - program: the absolute path of `winnow`, the same on every node.
/// - Returns: the absolute path of `submit.sh`.
/// - Precondition: `options.fault` is nil.
/// - Throws: ``WinnowError``: that of ``recordBuild(_:observer:)``, or when the folder holds anything else
///   or cannot be written to, or a path cannot stand in a script; of these the build is not recorded.
public func writeSlurmScripts(
  _ parameters: BuildParameters, options: SlurmOptions, folder: String? = nil, program: String,
  observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> String {
  let workspace = withoutTrailingSlashes(absolutePath(parameters.output))
  for path in [workspace, program] where hasControlCharacter(path) {
    throw .invalid(
      "\(path.debugDescription): expected a path without line breaks and control characters, which "
        + "scripts cannot contain; choose another")
  }
  let folder = SlurmFolder(
    path: withoutTrailingSlashes(absolutePath(folder ?? workspace + ".slurm")))
  _ = try folder.scripts(besides: workspace)
  let list = try recordBuild(parameters, observer: observer)
  let scripts = SlurmScripts(list, options: options, program: program)
  return try folder.write(scripts, besides: workspace)
}

private struct SlurmFolder {
  /// Absolute.
  let path: String

  /// The scripts of an earlier writing in the folder, `submit.sh` first.
  ///
  /// - Throws: ``WinnowError`` when something else is there, or the place cannot hold logs of Slurm.
  func scripts(besides workspace: String) throws(WinnowError) -> [String] {
    // In the path of a log Slurm replaces %A and the like, and takes \ for a sign not to.
    guard !path.contains(where: { $0 == "%" || $0 == "\\" }), !hasControlCharacter(path) else {
      throw .invalid(
        "\(path.debugDescription): expected a script folder without %, \\ and control characters "
          + "in its path, because Slurm could not write logs there; name another with --scripts")
    }
    guard path != workspace, !path.hasPrefix(workspace + "/") else {
      throw .invalid(
        "\(path): expected a script folder outside the workspace, which the build creates; name "
          + "another with --scripts")
    }
    switch pathKind(path) {
    case .nothing where !isDanglingLink(path): return []
    case .folder: break
    default:
      throw .invalid(
        "\(path): expected a script folder or nothing, found something else; name another with "
          + "--scripts")
    }
    var scripts: [String] = []
    let names = try namesInFolder(path)
    for name in names where name != "log" && name != "jobs" {
      guard isScript(name) else {
        throw .invalid(
          "\(path): expected a folder that winnow slurm wrote, an empty one or nothing, found "
            + "'\(name)' in it; name another with --scripts")
      }
      scripts.append(name)
    }
    let submit = SlurmScripts.submitName
    return scripts.filter { $0 == submit } + scripts.filter { $0 != submit }
  }

  /// Whether a file in the folder is one of ``SlurmScripts``, or was about to become one.
  private func isScript(_ name: String) -> Bool {
    guard pathKind("\(path)/\(name)") == .file else { return false }
    if name.hasSuffix(".partial") && name.contains(".sh.") { return true }
    guard name.hasSuffix(".sh"), let bytes = try? InputFile.contents(of: "\(path)/\(name)") else {
      return false
    }
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    return lines.count > 1 && lines[1].starts(with: SlurmScripts.mark.utf8)
  }

  /// - Returns: the path of `submit.sh`.
  func write(_ scripts: SlurmScripts, besides workspace: String) throws(WinnowError) -> String {
    let old = try self.scripts(besides: workspace)
    try makeFolder(path, parents: true)
    for name in old { try removeTree("\(path)/\(name)") }
    for file in scripts.files {
      _ = try AtomicFile.write(Array(file.text.utf8), to: "\(path)/\(file.name)")
    }
    return "\(path)/\(SlurmScripts.submitName)"
  }
}
