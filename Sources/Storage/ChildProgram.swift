// Other programs that run with pipes to this one.  `Foundation.Process` would bring threads and run
// loops for what is one spawn, and whoever talks to the program polls anyway.

import Foundations
import Glibc
import Synchronization

/// A running program and our ends of its pipes.
///
/// It has its own process group (so that ending it ends what it started, and a terminal's Ctrl-C does
/// not reach it), the default answer to every signal, and no open file of ours.  Dropped early, it is
/// killed; it never stays behind as a zombie.
public struct ChildProgram: ~Copyable, Sendable {
  /// Where what the program reads is written to, never blocking; -1: it is not fed, or no more.
  public private(set) var input: Int32
  /// The program's standard output and standard error; -1 where they are closed.
  public private(set) var output: Int32
  public private(set) var errors: Int32
  /// -1: its end was waited for.
  private var process: pid_t

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - isFed: whether its standard input comes from ``input``; else it is empty.
  /// - Throws: ``WinnowError`` when it cannot be started.
  public init(
    _ program: String, _ arguments: [String], _ environment: [String: String], isFed: Bool
  ) throws(WinnowError) {
    let ends = try Self.starting.withLock { (_) throws(WinnowError) in
      try Self.start(program, arguments, environment, isFed)
    }
    process = ends.process
    input = ends.input
    output = ends.output
    errors = ends.errors
  }

  deinit {
    if process > 0 {
      kill(-process, SIGKILL)
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
    for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
  }

  /// Whether nobody has waited for its end yet.
  public var isOurs: Bool { process > 0 }

  public mutating func closeInput() { Self.end(&input) }
  public mutating func closeOutput() { Self.end(&output) }
  public mutating func closeErrors() { Self.end(&errors) }

  private static func end(_ descriptor: inout Int32) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// Sends a signal to the program and what it started, until its end was waited for.
  public func send(signal number: Int32) {
    if process > 0 { kill(-process, number) }
  }

  /// Waits for the end: 0, the exit code, or 128 and the signal.
  public mutating func wait() -> Int { ended(options: 0)! }

  /// What ``wait()`` gives, or nil when the program still runs.
  public mutating func statusIfEnded() -> Int? { ended(options: WNOHANG) }

  private mutating func ended(options: Int32) -> Int? {
    var status: Int32 = 0
    while true {
      let found = waitpid(process, &status, options)
      if found == 0 { return nil }
      if found > 0 || errno != EINTR { break }
    }
    process = -1
    let signal = Int(status & 0x7F)
    return signal == 0 ? Int(status >> 8 & 0xFF) : 128 + signal
  }

  /// Writes what fits of some bytes to the program's input; a program that went away is an error and no
  /// signal, whatever the rest of the process does with SIGPIPE.
  ///
  /// - Returns: the number of bytes, or -1 with the reason in `errno`.
  public func feed(_ bytes: UnsafeRawBufferPointer) -> Int {
    var pipes = sigset_t()
    var before = sigset_t()
    sigemptyset(&pipes)
    sigaddset(&pipes, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipes, &before)
    let count = write(input, bytes.baseAddress!, bytes.count)
    let code = errno
    if count < 0, code == EPIPE, sigismember(&before, SIGPIPE) == 0 {
      // The signal waits for this very thread: it is taken before anybody hears of it.
      var none = timespec()
      sigtimedwait(&pipes, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = code
    return count
  }

  /// Between making a pipe and marking it as ours alone, no other thread may start a program,
  /// which would hold the pipe open.
  private static let starting = Mutex(())

  private typealias Ends = (process: pid_t, input: Int32, output: Int32, errors: Int32)

  private static func start(
    _ program: String, _ arguments: [String], _ environment: [String: String], _ isFed: Bool
  ) throws(WinnowError) -> Ends {
    // What it reads, what it writes, what it complains of; each a pair of what is read and written.
    var pipes: [[Int32]] = []
    var process: pid_t = -1
    var code: Int32 = 0
    for _ in 0..<3 where code == 0 {
      var ends: [Int32] = [-1, -1]
      code = pipe(&ends) == 0 ? 0 : errno
      for end in ends where end >= 0 && fcntl(end, F_SETFD, FD_CLOEXEC) != 0 { code = errno }
      pipes.append(ends)
    }
    if code == 0, fcntl(pipes[0][1], F_SETFL, O_NONBLOCK) != 0 { code = errno }
    if code == 0 {
      code = spawn(
        &process, program, arguments, environment, input: isFed ? pipes[0][0] : nil,
        output: pipes[1][1], errors: pipes[2][1])
    }
    let isStarted = code == 0
    for (number, ends) in pipes.enumerated() {
      let kept = number == 0 ? (isFed ? ends[1] : -1) : ends[0]
      for end in ends where end >= 0 && !(isStarted && end == kept) { close(end) }
    }
    guard isStarted else {
      throw WinnowError(
        path: program, fault: "cannot start it: \(String(cString: strerror(code)).lowercased())",
        remedy: "check that it is a program for this machine", code: code)
    }
    return (process, isFed ? pipes[0][1] : -1, pipes[1][0], pipes[2][0])
  }

  private static func spawn(
    _ process: inout pid_t, _ program: String, _ arguments: [String],
    _ environment: [String: String], input: Int32?, output: Int32, errors: Int32
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Our threads may block or ignore signals; the program shall not.
    var none = sigset_t()
    var ours = sigset_t()
    sigemptyset(&none)
    sigemptyset(&ours)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&ours, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &ours)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK)
        | Int16(POSIX_SPAWN_SETSIGDEF))
    var words = ([program] + arguments).map { strdup($0) }
    var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
    defer { for text in words + variables { free(text) } }
    words.append(nil)
    variables.append(nil)
    return posix_spawn(&process, program, &actions, &attributes, words, variables)
  }
}

/// The program `name`: itself where it has a slash, else the first on `searchPath`; nil when
/// there is none that may be run.
public func findProgram(_ name: String, _ searchPath: String) -> String? {
  func isProgram(_ path: String) -> Bool {
    pathKind(path) == .file && access(path, X_OK) == 0
  }
  if name.contains("/") { return isProgram(name) ? name : nil }
  for folder in searchPath.split(separator: ":") where isProgram("\(folder)/\(name)") {
    return "\(folder)/\(name)"
  }
  return nil
}

/// What a program said, for a message: one line without control characters, at most `most` characters.
public func oneLine(_ bytes: [UInt8], most: Int = 300) -> String {
  let words = String(decoding: bytes, as: UTF8.self).split { character in
    character.isWhitespace || character.unicodeScalars.contains { $0.value < 0x20 }
  }
  let text = words.joined(separator: " ")
  return text.count < most ? text : "\(text.prefix(most))…"
}

/// A word as a POSIX shell reads it back.
package func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy {
    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
      || [0x2D, 0x2E, 0x2F, 0x5F, 0x2C, 0x3D, 0x25, 0x2B].contains($0)
  }
  return plain && !word.isEmpty ? word : quoted(word, "'", escaped: "'\\''")
}
