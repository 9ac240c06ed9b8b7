// Names for files in the making.  A process number alone would not do: on a file system that several
// machines share, two of them may have the same, and two threads may make the same file at once.

import Glibc

/// Drawn once for this process.
private let processName =
  "\(getpid())-" + String(UInt64.random(in: .min ... .max), radix: 36)

/// The path beside `path` under which this thread makes it: nobody else, on any machine, has the same.
///
/// It ends in `.partial`: what is left of a process that was killed is known by that.
package func partialName(_ path: String) -> String {
  "\(path).\(processName)-\(String(pthread_self(), radix: 36)).partial"
}
