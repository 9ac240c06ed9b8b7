import ArgumentParser
import Manifests
import Storage
import Workspace

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of a workspace or a keep list.",
    discussion: "Prints one line per fault and exits with 1 if there are any.")

  @Argument(help: "A workspace, or a keep list or its header (.winnow.json).", completion: .file())
  var path: String

  @OptionGroup var inputs: InputCheckOptions

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
    case .folder where !isList(path):
      let workspace = try OpenWorkspace(path: path)
      var faults = try workspace.verify()
      var fine =
        "\(path): all agrees: \(workspace.candidates) candidates, \(workspace.clusters) concepts, "
        + "fingerprint \(try workspace.computedFingerprint())"
      if inputs.inputs {
        let found = try workspace.verifyInputs(
          root: inputs.root, threads: inputs.threads.count, isCancelled: { Interruption.isAsked })
        faults += found.faults
        fine += ", \(found.files) input files"
      }
      return (faults, fine)
    case .file, .folder:
      if inputs.inputs {
        throw Failure(
          "\(path): --inputs checks what a workspace was built from; name the workspace, or use "
            + "winnow replay --inputs")
      }
      let result = try verifyManifest(path, programs: programs())
      return (
        result.faults,
        "\(result.path): all agrees: \(result.kept) rows, format \(result.format.rawValue)"
      )
    }
  }
}
