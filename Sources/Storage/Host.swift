import Glibc

/// The name of this machine.
public func hostName() -> String {
  var name = [CChar](repeating: 0, count: 257)
  guard gethostname(&name, 256) == 0 else { return "this machine" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
