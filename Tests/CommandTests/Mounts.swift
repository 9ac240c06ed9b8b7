// Small disks for the tests of full and read-only ones, in a mount namespace of their own: they
// vanish with the program that ran on them.

import TestSupport

enum Mounts {
  /// Why no disk can be mounted here; nil when it can.
  static let obstacle: String? = {
    do {
      let result = try ProcessRunner.run(
        "unshare", flags + ["sh", "-c", "mount -t tmpfs -o size=64k none /mnt && df /mnt"])
      return result.exitCode == 0 ? nil : result.errors
    } catch {
      return "\(error)"
    }
  }()

  static var areAllowed: Bool { obstacle == nil }

  /// Whoever is not root becomes it inside a user namespace, where the system allows that.
  private static let flags = ["--mount", "--map-root-user"]

  /// Runs a shell script with a tmpfs on `folder`; `$1` is the folder, `$2` the program.
  ///
  /// - Parameter size: bytes.
  static func run(
    _ script: String, on folder: String, size: Int, _ arguments: [String] = []
  ) throws -> ProcessResult {
    let mount = "mount -t tmpfs -o size=\(size),mode=755 none \"$1\" || exit 99; "
    return try ProcessRunner.run(
      "unshare",
      flags + ["sh", "-c", mount + script, "sh", folder, winnowBinary()] + arguments)
  }
}
