// Looking at what a commit would find, before it is made.

import FoundationEssentials
import Manifests

/// What lies at the path of an output.
public enum OutputState: Sendable, Equatable {
  /// Nothing: the commit makes a new file.
  case free
  /// A file of this many bytes, which a commit would replace.
  case file(bytes: Int)
  /// The commit cannot write there; the text says why and what to do.
  case blocked(String)
}

/// What a commit would find.
public struct Inspection: Sendable, Equatable {
  /// One for each output that was asked for.
  public let files: [OutputState]
  /// Where the plan would be stored.
  public let folder: String
  /// Why the plan cannot be stored there, and what to do; nil when it can.
  public let obstacle: String?

  public init(files: [OutputState], folder: String, obstacle: String? = nil) {
    self.files = files
    self.folder = folder
    self.obstacle = obstacle
  }
}

/// What lies where these lists would be written, and whether the plan can be stored.
public struct InspectQuestion: Request {
  package let outputs: [Output]

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Inspection? {
    Inspection(
      files: outputs.map(work.inspect), folder: work.plans.folder, obstacle: work.plans.obstacle)
  }

  public func receive(_ answer: Inspection, _ state: inout State) {
    guard case .commit(var dialogue)? = state.overlay else { return }
    for (output, file) in zip(outputs, answer.files) { dialogue.there[output.output] = file }
    dialogue.store = answer
    state.overlay = .commit(dialogue)
  }

  public func fail(_ reason: String, _ state: inout State) { state.overlay = nil }
}

extension WorkspaceWork {
  fileprivate func inspect(_ list: Output) -> OutputState {
    let (files, path) = (FileManager.default, list.output)
    var isFolder = false
    let exists = files.fileExists(atPath: path, isDirectory: &isFolder)
    if let obstacle = outputObstacle(path, format: list.format, workspace: workspace) {
      return .blocked("\(path): \(obstacle)")
    }
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var isParentFolder = false
    guard files.fileExists(atPath: folder, isDirectory: &isParentFolder), isParentFolder else {
      return .blocked("the folder \(folder) does not exist: create it, or type another path with p")
    }
    guard files.isWritableFile(atPath: folder) else {
      return .blocked("the folder \(folder) cannot be written to: type another path with p")
    }
    if exists { return .file(bytes: isFolder ? size(ofFolder: path) : size(of: path)) }
    let header = path + ".winnow.json"
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
}
