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
  /// Folders above it that were missing, the deepest first.
  private let madeParents: [String]

  init(destination: String) throws(WorkspaceError) {
    var trimmed = destination
    while trimmed.count > 1 && trimmed.last == "/" { trimmed.removeLast() }
    // A link stays one: what it leads to is replaced.
    trimmed = resolvedPath(trimmed)
    self.destination = trimmed
    let staging = parentFolder(trimmed) + "/." + lastComponent(trimmed) + ".\(getpid()).partial"
    path = staging
    var missing: [String] = []
    var parent = parentFolder(staging)
    while pathKind(parent) == .nothing && parent != parentFolder(parent) {
      missing.append(parent)
      parent = parentFolder(parent)
    }
    madeParents = missing
    try storing { () throws(StorageError) in
      try removeTree(staging)
      try makeFolder(parentFolder(staging), parents: true)
      try makeFolder(staging)
    }
  }

  deinit {
    // After a commit this is the replaced workspace, or nothing; without one it is what was
    // written.  A parent that is not empty stays.
    try? removeTree(path)
    for parent in madeParents { rmdir(parent) }
  }

  /// Checks that `path` may become a workspace, before any work is done.
  static func checkDestination(_ path: String, force: Bool) throws(WorkspaceError) {
    switch pathKind(path) {
    case .nothing:
      guard !path.isEmpty else {
        throw .invalid("--output: expected a path, found an empty one; name the workspace to make")
      }
      guard !isDanglingLink(path) else {
        throw .invalid(
          "\(path): expected a folder or nothing, found a link that leads nowhere; remove the link "
            + "or choose another --output")
      }
    case .file, .special:
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

  /// Puts the folder in its place.  Committed plans of a workspace that it replaces come along, as
  /// copies: whatever fails, the old workspace has its own.
  consuming func commit() throws(WorkspaceError) {
    let (staging, place) = (path, destination)
    try storing { () throws(StorageError) in
      guard pathKind(place) == .folder else { return try renameFile(staging, to: place) }
      if pathKind(place + "/plans") == .folder {
        try Self.copyTree(place + "/plans", to: staging + "/plans")
      }
      try exchange(staging, place)
    }
  }

  private static func copyTree(_ source: String, to target: String) throws(StorageError) {
    guard pathKind(source) == .folder else {
      let bytes = try InputFile.contents(of: source, limit: .max)
      _ = try AtomicFile.write(bytes, to: target)
      return
    }
    try makeFolder(target)
    for name in try namesInFolder(source) {
      try copyTree(source + "/" + name, to: target + "/" + name)
    }
  }
}
