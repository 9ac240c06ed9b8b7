// Folders: what is in one, making one, and removing one that was not finished.

import Foundations
import Glibc

/// What a path names.
public enum PathKind: Sendable {
  case file, folder, nothing
  /// A device, a pipe or a socket.
  case special
}

/// What `path` names, links followed; a path that cannot be looked at counts as nothing.
public func pathKind(_ path: String) -> PathKind {
  var status = stat()
  guard stat(path, &status) == 0 else { return .nothing }
  return switch status.st_mode & S_IFMT {
  case S_IFDIR: .folder
  case S_IFREG: .file
  default: .special
  }
}

/// Whether `path` is a link that leads nowhere.
public func isDanglingLink(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && stat(path, &status) != 0
}

/// The absolute path without links; `path` itself where nothing is.
public func resolvedPath(_ path: String) -> String {
  guard let text = realpath(path, nil) else { return path }
  defer { free(text) }
  return String(cString: text)
}

/// `path` from the root on, links and all.
public func absolutePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  guard let text = getcwd(nil, 0) else { return path }
  defer { free(text) }
  return String(cString: text) + "/" + path
}

/// Size in bytes of the file at `path`, or nil when there is none.
public func fileSize(_ path: String) -> Int? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return Int(status.st_size)
}

/// Names in a folder, sorted by their bytes, without `.` and `..`.
public func namesInFolder(_ path: String) throws(WinnowError) -> [String] {
  guard let folder = opendir(path) else { throw .system(path, "list the folder", reading: true) }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Makes the folder `path`, and its parents where `parents` is set; no error if it exists.
public func makeFolder(_ path: String, parents: Bool = false) throws(WinnowError) {
  if mkdir(path, 0o777) == 0 { return }
  let code = errno
  if code == EEXIST && pathKind(path) == .folder { return }
  if code == ENOENT && parents, let cut = path.lastIndex(of: "/"), cut != path.startIndex {
    try makeFolder(String(path[..<cut]), parents: true)
    return try makeFolder(path)
  }
  throw .system(path, "create the folder", code: code)
}

/// Removes a file, or a folder with all that is in it; links are removed, not followed.
public func removeTree(_ path: String) throws(WinnowError) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    guard unlink(path) == 0 else { throw .system(path, "remove it") }
    return
  }
  for name in try namesInFolder(path) { try removeTree(path + "/" + name) }
  guard rmdir(path) == 0 else { throw .system(path, "remove the folder") }
}

/// Makes a rename inside `folder` durable.
func synchroniseFolder(_ folder: String) {
  let descriptor = retrying { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

/// The folder that holds `path`: `.` for a bare name.
public func parentFolder(_ path: String) -> String {
  guard let cut = path.lastIndex(of: "/") else { return "." }
  return cut == path.startIndex ? "/" : String(path[..<cut])
}

/// `path` without slashes at its end; `/` for the root.
public func withoutTrailingSlashes(_ path: String) -> String {
  var text = Substring(path)
  while text.utf8.count > 1 && text.hasSuffix("/") { text.removeLast() }
  return String(text)
}

/// The last part of `path`, slashes at its end aside; `/` for the root.
public func lastComponent(_ path: String) -> String {
  let text = withoutTrailingSlashes(path)
  if text == "/" { return "/" }
  return text.lastIndex(of: "/").map { String(text[text.index(after: $0)...]) } ?? text
}

/// The last part of `path` without what follows its last dot.
public func stem(_ path: String) -> String {
  let name = lastComponent(path)
  return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
}

/// Whether this process may make files in the folder `path`.
public func isWritableFolder(_ path: String) -> Bool {
  pathKind(path) == .folder && access(path, W_OK | X_OK) == 0
}

/// Renames a file or folder and makes that durable.
public func renameFile(_ source: String, to target: String) throws(WinnowError) {
  guard rename(source, target) == 0 else { throw .system(target, "move it into place") }
  synchroniseFolder(parentFolder(target))
}

/// Swaps two existing files or folders of one file system: in a single step where the file system
/// can, else by renaming through `one.old`.
public func exchange(_ one: String, _ other: String) throws(WinnowError) {
  typealias Rename =
    @convention(c) (
      Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32
  let renameExchange: UInt32 = 2
  // The C library has the function, its module shows it only to GNU C.
  if let symbol = dlsym(nil, "renameat2") {
    let swap = unsafeBitCast(symbol, to: Rename.self)
    if swap(AT_FDCWD, one, AT_FDCWD, other, renameExchange) == 0 {
      return synchroniseFolder(parentFolder(other))
    }
    guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else {
      throw .system(other, "move it into place")
    }
  }
  let aside = one + ".old"
  try renameFile(other, to: aside)
  do throws(WinnowError) {
    try renameFile(one, to: other)
  } catch {
    try renameFile(aside, to: other)
    throw error
  }
  try renameFile(aside, to: one)
}
