import Foundations
import Glibc

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
