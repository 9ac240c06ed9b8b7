// Running another program and reading what it writes.  `Foundation.Process` would bring threads
// and run loops for what is one spawn, one poll and one wait.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A running program's standard output; its standard error is kept for the error message.
///
/// The program has no input unless it is asked to be fed, its own process group (so that ending it ends what it started), and
/// no open file of ours.  Dropped early, it is killed; it never stays behind as a zombie.
final class ProgramOutput: ByteSource {
  /// The file that the program is working on, for errors.
  var path: String
  private let program: String
  private var process: pid_t = -1
  private var output: Int32 = -1
  private var errors: Int32 = -1
  /// Where ``feed(_:)`` writes to; never blocks.
  private var input: Int32 = -1
  private var message: [UInt8] = []

  /// Starts the program.
  ///
  /// - Parameter isFed: whether its standard input comes from ``feed(_:)``.
  init(
    path: String, _ program: String, _ arguments: [String], _ environment: [String: String],
    isFed: Bool = false
  ) throws(IngestError) {
    self.path = path
    self.program = program
    let code = Self.starting.withLock { _ in start(program, arguments, environment, isFed) }
    guard code == 0 else {
      process = -1
      throw cannotStart(code)
    }
  }

  deinit {
    if process > 0 {
      kill(-process, SIGKILL)
      _ = wait()
    }
    if output >= 0 { close(output) }
    if errors >= 0 { close(errors) }
    if input >= 0 { close(input) }
  }

  /// Gives the program all of `bytes` as input; what it writes meanwhile is taken, so that neither
  /// waits for the other.
  ///
  /// - Returns: the output that came, in order.
  /// - Throws: ``IngestError`` with the program's own message when it stopped taking its input.
  func feed(_ bytes: [UInt8]) throws(IngestError) -> [UInt8] {
    var taken: [UInt8] = []
    var done = 0
    while done < bytes.count {
      var watched = [
        pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&watched, 3, -1) >= 0 || errno == EINTR else { throw failed("poll", errno) }
      if watched[2].revents != 0, errors >= 0 { takeErrors() }
      if watched[1].revents != 0, output >= 0 {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(output, &part, part.count)
        guard count >= 0 || errno == EINTR else { throw failed("read", errno) }
        if count > 0 { taken += part[..<count] }
        if count == 0 {
          close(output)
          output = -1
        }
      }
      guard watched[0].revents != 0 else { continue }
      let count = bytes.withUnsafeBytes {
        writeQuietly(input, UnsafeRawBufferPointer(rebasing: $0[done...]))
      }
      if count > 0 { done += count }
      if count >= 0 || errno == EAGAIN || errno == EINTR { continue }
      // It ended before its input did: what it said about that is the error.
      while errors >= 0 { takeErrors() }
      throw failed(wait())
    }
    return taken
  }

  /// Tells the program that its input is over; the rest of its output is read as usual.
  func endInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(IngestError) -> Int {
    // Both pipes are watched: a program that blocks on a full one would never fill the other.
    while output >= 0 {
      var watched = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&watched, 2, -1) >= 0 || errno == EINTR else { throw failed("poll", errno) }
      if watched[1].revents != 0 { takeErrors() }
      guard watched[0].revents != 0 else { continue }
      let count = Glibc.read(output, buffer.baseAddress!, buffer.count)
      if count > 0 { return count }
      if count < 0 && errno == EINTR { continue }
      guard count == 0 else { throw failed("read", errno) }
      close(output)
      output = -1
    }
    if process > 0 {
      while errors >= 0 { takeErrors() }
      let status = wait()
      guard status == 0 else { throw failed(status) }
    }
    return 0
  }

  private func takeErrors() {
    var part = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(errors, &part, part.count)
    if count < 0 && errno == EINTR { return }
    guard count > 0 else {
      close(errors)
      errors = -1
      return
    }
    // Only the beginning is ever shown.
    if message.count < 8192 { message += part[..<count] }
  }

  /// Waits for the end: 0, the exit code, or 128 and the signal.
  private func wait() -> Int {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    process = -1
    let signal = Int(status & 0x7F)
    return signal == 0 ? Int(status >> 8 & 0xFF) : 128 + signal
  }

  private func failed(_ status: Int) -> IngestError {
    var text = ""
    var isGap = false
    for character in String(decoding: message, as: UTF8.self) {
      if character.isWhitespace || character.unicodeScalars.contains(where: { $0.value < 0x20 }) {
        isGap = !text.isEmpty
        continue
      }
      if isGap { text += " " }
      isGap = false
      text.append(character)
      if text.count == 300 {
        text += "…"
        break
      }
    }
    let ended = status > 128 ? "was ended by signal \(status - 128)" : "failed (exit \(status))"
    return IngestError(
      path: path, fault: "\(program) \(ended)" + (text.isEmpty ? "" : ": \(text)"))
  }

  private func failed(_ call: String, _ code: Int32) -> IngestError {
    IngestError(
      path: path,
      fault: "cannot \(call) the output of \(program): "
        + String(cString: strerror(code)).lowercased())
  }

  private func cannotStart(_ code: Int32) -> IngestError {
    IngestError(
      path: path,
      fault: "cannot start \(program): " + String(cString: strerror(code)).lowercased(),
      remedy: "check that it is a program for this machine")
  }

  /// Between making a pipe and marking it as ours alone, no other thread may start a program,
  /// which would hold the pipe open.
  private static let starting = Mutex(())

  /// Makes the pipes and starts the program: 0 or the system's error number.
  private func start(
    _ program: String, _ arguments: [String], _ environment: [String: String], _ isFed: Bool
  ) -> Int32 {
    var results: [Int32] = [-1, -1]
    var complaints: [Int32] = [-1, -1]
    var questions: [Int32] = [-1, -1]
    guard pipe(&results) == 0 else { return errno }
    output = results[0]
    defer { close(results[1]) }
    guard pipe(&complaints) == 0 else { return errno }
    errors = complaints[0]
    defer { close(complaints[1]) }
    if isFed {
      guard pipe(&questions) == 0 else { return errno }
      input = questions[1]
      guard fcntl(input, F_SETFL, O_NONBLOCK) == 0 else { return errno }
    }
    defer { if isFed { close(questions[0]) } }
    for descriptor in results + complaints + questions where descriptor >= 0 {
      guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return errno }
    }
    return Self.spawn(
      &process, program, arguments, environment, input: isFed ? questions[0] : nil,
      output: results[1], errors: complaints[1])
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

/// Writes to a pipe; where its reader is gone that is an error and no signal, whatever the rest of
/// the process does with SIGPIPE.
private func writeQuietly(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  var pipes = sigset_t()
  var before = sigset_t()
  sigemptyset(&pipes)
  sigaddset(&pipes, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &pipes, &before)
  let count = write(descriptor, bytes.baseAddress!, bytes.count)
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

/// The program `name`: itself where it has a slash, else the first on `searchPath`; nil when
/// there is none that may be run.
func findProgram(_ name: String, _ searchPath: String) -> String? {
  func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
  if name.contains("/") { return isProgram(name) ? name : nil }
  for folder in searchPath.split(separator: ":") where isProgram("\(folder)/\(name)") {
    return "\(folder)/\(name)"
  }
  return nil
}

/// The folder that relative paths begin at.
func currentFolder() -> String {
  guard let text = getcwd(nil, 0) else { return "." }
  defer { free(text) }
  return String(cString: text)
}
