// Commits, the history of them, and drafts, on a real workspace.

import FoundationEssentials
import Ingest
import Manifests
import Pruning
import Workspace

extension WorkspaceWork {
  /// What lies where a list would be written.
  func inspect(_ output: Output) -> OutputState {
    let files = FileManager.default
    var isFolder = false
    let exists = files.fileExists(atPath: output.path, isDirectory: &isFolder)
    let format = ManifestFormat(rawValue: output.format) ?? .text
    if let obstacle = outputObstacle(output.path, format: format, workspace: workspace) {
      return .blocked("\(output.path): \(obstacle)")
    }
    let end = output.path.lastIndex(of: "/")
    let folder = end.map { $0 == output.path.startIndex ? "/" : String(output.path[..<$0]) } ?? "."
    var isParentFolder = false
    guard files.fileExists(atPath: folder, isDirectory: &isParentFolder), isParentFolder else {
      return .blocked("the folder \(folder) does not exist: make it, or type another path with p")
    }
    guard files.isWritableFile(atPath: folder) else {
      return .blocked("the folder \(folder) cannot be written to: type another path with p")
    }
    if exists {
      return .file(bytes: isFolder ? size(ofFolder: output.path) : size(of: output.path))
    }
    let header = output.path + ".winnow.json"
    return files.fileExists(atPath: header) ? .file(bytes: size(of: header)) : .free
  }

  private func size(ofFolder path: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.reduce(0) { $0 + size(of: "\(path)/\($1)") }
  }

  private func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0
  }

  func commit(_ order: CommitOrder, _ progress: (Double) -> Bool) -> Work.Result {
    if let obstacle = plans.obstacle {
      return .failed("the plan cannot be stored, so nothing was written: \(obstacle)")
    }
    var lists: [ManifestRequest.List] = []
    for output in order.outputs {
      guard let format = ManifestFormat(rawValue: output.format) else {
        return .failed("the format \(output.format) is not known: choose another")
      }
      lists.append(ManifestRequest.List(format: format, output: output.path))
    }
    var request = ManifestRequest(
      workspace: workspace, plan: order.plan, lists: lists, force: order.replace, threads: threads)
    request.programs = IngestOptions(environment: ProcessInfo.processInfo.environment)
    let summaries: [ManifestSummary]
    do throws(ManifestError) {
      summaries = try withoutActuallyEscaping(progress) { (report) throws(ManifestError) in
        try export(request, standardOutput: { _ in }, progress: report)
      }
    } catch {
      if case .interrupted = error { return .cancelled }
      return .failed(error.description)
    }
    let paths = summaries.map(\.output)
    do throws(WorkspaceError) {
      let number = try plans.commit(
        order.plan, note: order.note, time: time(),
        outputs: summaries.map {
          CommittedOutput(format: $0.format.rawValue, path: $0.output, digest: $0.digest)
        })
      return .committed(Commit(number: number, rows: summaries[0].kept, paths: paths))
    } catch {
      let written = paths.joined(separator: ", ") + (paths.count == 1 ? " is" : " are")
      return .failed("\(written) written, but the plan could not be stored: \(error.description)")
    }
  }

  func history(_ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      return try plans.history(goesOn: progress).map { .history($0) } ?? .cancelled
    } catch { return .failed(error.description) }
  }

  func changeDraft(_ change: () throws(WorkspaceError) -> Void) -> Work.Result {
    do throws(WorkspaceError) { try change() } catch { return .failed(error.description) }
    return .draftChanged
  }
}
