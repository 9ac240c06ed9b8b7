import ArgumentParser
import Manifests
import Storage
import Workspace

/// `winnow verify`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of a workspace or a keep list.",
    discussion: "Prints a line a fault and ends with 1 when there is one.")

  @Argument(help: "A workspace, a keep list or its .winnow.json.", completion: .file())
  var path: String

  func run() throws {
    try failing {
      let (faults, fine) = try check()
      for fault in faults { standardOutput(fault + "\n") }
      if !faults.isEmpty { throw ExitCode(1) }
      standardOutput(fine + "\n")
    }
  }

  private func check() throws -> (faults: [String], fine: String) {
    switch pathKind(path) {
    case .special:
      throw Failure("\(path): expected a workspace or a keep list, found a device or a pipe")
    case .nothing:
      throw Failure("\(path): expected a workspace or a keep list, found nothing")
    case .folder:
      let workspace = try OpenWorkspace(path: path)
      return (
        try workspace.verify(),
        "\(path): all agrees: \(workspace.candidates) candidates, \(workspace.clusters) concepts, "
          + "fingerprint \(try workspace.computedFingerprint())"
      )
    case .file:
      let result = try verifyManifest(path)
      return (
        result.faults,
        "\(result.path): all agrees: \(result.kept) rows, format \(result.format.rawValue)"
      )
    }
  }
}
