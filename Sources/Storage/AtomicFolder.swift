// A folder of files that appears whole or not at all: filled beside its place under another name,
// then renamed, or exchanged with the one that it replaces.

import Foundations
import Glibc

/// A folder that exists only after ``commit()``; dropped without one, it is gone with all in it.
public final class AtomicFolder {
  /// Where the folder will be.
  public let path: String
  /// Where it is filled.
  public let temporary: String
  /// The same as `path` without links.
  private let place: String
  private var isCommitted = false

  /// - Throws: ``WinnowError`` when something other than a folder is there, or it cannot be made.
  public init(_ path: String) throws(WinnowError) {
    let trimmed = withoutTrailingSlashes(path)
    guard !isDanglingLink(trimmed), [.folder, .nothing].contains(pathKind(trimmed)) else {
      throw WinnowError(
        path: path, fault: "expected a folder or nothing, found something else",
        remedy: "name another folder")
    }
    self.path = trimmed
    place = resolvedPath(trimmed)
    temporary = partialName(place)
    try removeTree(temporary)
    try makeFolder(temporary)
  }

  deinit {
    // After a commit this is the folder that was replaced, or nothing.
    try? removeTree(temporary)
  }

  /// Puts the folder in its place; what was there goes.
  ///
  /// Called once, at the end.
  ///
  /// - Throws: ``WinnowError``; then the place is as it was before.
  public func commit() throws(WinnowError) {
    precondition(!isCommitted, "a folder is put in its place twice")
    synchroniseFolder(temporary)
    if pathKind(place) == .folder {
      try exchange(temporary, place)
      try? removeTree(temporary)
    } else {
      try renameFile(temporary, to: place)
    }
    isCommitted = true
  }
}
