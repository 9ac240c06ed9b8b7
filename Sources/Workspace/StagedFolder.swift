// A folder that appears whole or not at all: filled beside its place under another name, then
// renamed.  An existing workspace stays usable until the new one takes its place in one step.

import Storage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct StagedFolder: ~Copyable {
  /// Where the folder shall be.
  let destination: String
  /// Where it is filled.
  let path: String
  private var isFinished = false

  init(destination: String) throws(WorkspaceError) {
    var trimmed = destination
    while trimmed.count > 1 && trimmed.last == "/" { trimmed.removeLast() }
    self.destination = trimmed
    let staging = parentFolder(trimmed) + "/." + lastComponent(trimmed) + ".\(getpid()).partial"
    path = staging
    try storing { () throws(StorageError) in
      try removeTree(staging)
      try makeFolder(parentFolder(staging), parents: true)
      try makeFolder(staging)
    }
  }

  deinit {
    if !isFinished { try? removeTree(path) }
  }

  /// Checks that `path` may become a workspace, before any work is done.
  static func checkDestination(_ path: String, force: Bool) throws(WorkspaceError) {
    switch pathKind(path) {
    case .nothing: return
    case .file:
      throw .invalid("\(path): expected a folder or nothing, found a file; choose another --output")
    case .folder:
      let names = try storing { () throws(StorageError) in try namesInFolder(path) }
      if names.isEmpty { return }
      guard names.contains("workspace.json") else {
        throw .invalid(
          "\(path): the folder is not empty and no workspace; choose another --output")
      }
      guard force else {
        throw .invalid(
          "\(path): a workspace is already there; replace it with --force or choose another "
            + "--output")
      }
    }
  }

  /// Puts the folder in its place.  Committed plans of a workspace that it replaces move along.
  consuming func commit() throws(WorkspaceError) {
    let (staging, place) = (path, destination)
    isFinished = true
    try storing { () throws(StorageError) in
      if pathKind(place) == .folder {
        let plans = place + "/plans"
        if pathKind(plans) == .folder { try renameFile(plans, to: staging + "/plans") }
        try exchange(staging, place)
        try removeTree(staging)
      } else {
        try renameFile(staging, to: place)
      }
    }
  }
}
