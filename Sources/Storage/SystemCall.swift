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
      case EACCES, EPERM, EROFS: "choose a place that you can write to, or change its permissions"
      case ENOSPC, EDQUOT: "free some space or choose another disk; no partial file is left behind"
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

/// The most memory that this process had at a time, in bytes.
package func peakMemory() -> Int {
  // Unlike getrusage's, this number leaves out the program that started this one.
  var status = [UInt8](repeating: 0, count: 1 << 14)
  let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
  let count = descriptor < 0 ? 0 : read(descriptor, &status, status.count)
  if descriptor >= 0 { close(descriptor) }
  status.removeLast(status.count - max(0, count))
  for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
  where line.hasPrefix("VmHWM:") {
    if let number = Int(line.filter(\.isNumber)) { return number * 1024 }
  }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}
