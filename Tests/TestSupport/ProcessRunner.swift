// Runs programs for the tests.  Output goes to unlinked temporary files instead of pipes: no
// reader can fall behind, so no amount of output makes the two wait for each other.  The program
// starts with every signal unblocked and at its default, whatever the test thread has set, and
// leads its own process group, so that a kill reaches what it started as well.

import Dispatch
import Foundation
import Glibc
import Synchronization

public enum ProcessRunner {
  /// Runs `program` and waits for its end.
  ///
  /// - Parameters:
  ///   - program: a path, or a name that is looked up on `PATH`.
  ///   - environment: changes to this process's environment; `nil` removes a variable.
  ///   - input: what the program reads from standard input; empty: end of file at once.
  ///   - folder: the current folder of the program, this process's if `nil`.
  ///   - timeout: seconds after which the program and all it started are killed.
  /// - Throws: ``RunFailure`` when the program cannot be started.
  public static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:],
    input: [UInt8] = [], folder: String? = nil, timeout: Double = 180
  ) throws -> ProcessResult {
    if let folder {
      // Swift does not see glibc's own way to change the folder in between.
      return try run(
        "env", ["-C", folder, program] + arguments, environment: environment, input: input,
        timeout: timeout)
    }
    let input = try temporaryDescriptor(holding: input)
    defer { close(input) }
    let output = try temporaryDescriptor()
    defer { close(output) }
    let errors = try temporaryDescriptor()
    defer { close(errors) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    let variables = ProcessInfo.processInfo.environment
      .merging(environment.compactMapValues { $0 }) { $1 }
      .filter { name, _ in environment[name].map { $0 != nil } ?? true }
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var process = pid_t()
    let code = posix_spawnp(&process, program, &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw RunFailure("\(program): \(String(cString: strerror(code)))") }
    let (status, timedOut) = wait(for: process, timeout: timeout)
    return ProcessResult(
      exitCode: status, timedOut: timedOut, standardOutput: try contents(of: output),
      standardError: try contents(of: errors))
  }

  /// Waits, and kills at the timeout.  The number of a process stays its own until it is reaped,
  /// so the kill happens under the lock that also says "about to be reaped".
  private static func wait(for process: pid_t, timeout: Double) -> (Int32, Bool) {
    let watch = Watch()
    DispatchQueue.global().asyncAfter(deadline: .now() + timeout) {
      watch.state.withLock { state in
        guard !state.finished else { return }
        state.killed = true
        kill(-process, SIGKILL)
      }
    }
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    watch.state.withLock { $0.finished = true }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return (signal == 0 ? (status >> 8) & 0xff : 128 + signal, watch.state.withLock { $0.killed })
  }

  private static func temporaryDescriptor(holding bytes: [UInt8] = []) throws -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path
    var name = Array("\(folder)/winnow-run-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw RunFailure("\(folder): no temporary file: \(String(cString: strerror(errno)))")
    }
    unlink(&name)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    try handle.write(contentsOf: bytes)
    try handle.seek(toOffset: 0)
    return descriptor
  }

  private static func contents(of descriptor: Int32) throws -> [UInt8] {
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    try handle.seek(toOffset: 0)
    return [UInt8](try handle.readToEnd() ?? Data())
  }

  private final class Watch: Sendable {
    let state = Mutex((finished: false, killed: false))
  }
}

/// A program that could not be run at all.
public struct RunFailure: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
