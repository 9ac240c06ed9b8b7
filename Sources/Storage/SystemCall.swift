// The few system calls of this module, with EINTR handled once and errors that say what to do.

import Foundations
import Glibc

/// Repeats `call` while a signal interrupts it.
@inline(__always)
func retrying<R: FixedWidthInteger>(_ call: () -> R) -> R {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

extension WinnowError {
  /// The error of the system call that just failed on `path` while `doing`.
  static func system(
    _ path: String, _ doing: String, reading: Bool = false, code: Int32 = errno
  ) -> WinnowError {
    let remedy: String? =
      switch code {
      case ENOENT: "check the path"
      case EACCES where reading, EPERM where reading:
        "change its permissions, or ask its owner to"
      case EACCES, EPERM, EROFS: "choose a place you may write to, or change its permissions"
      case ENOSPC, EDQUOT: "free some space or choose another disk; no half-written file is left"
      case EISDIR: "name a file, not a folder"
      case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
      default: nil
      }
    return WinnowError(
      path: path, fault: "cannot \(doing): \(String(cString: strerror(code)).lowercased())",
      remedy: remedy, code: code)
  }
}

/// The name of this machine.
public func hostName() -> String {
  var name = [CChar](repeating: 0, count: 257)
  guard gethostname(&name, 256) == 0 else { return "this machine" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
