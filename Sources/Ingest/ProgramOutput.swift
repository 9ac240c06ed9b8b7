// Running another program and reading what it writes: one spawn, one poll and one wait.

import Foundations
import Glibc
import Storage

/// A running program's standard output; its standard error is kept for the error message.
///
/// The program has no input unless it is asked to be fed.  Dropped early, it is killed.
final class ProgramOutput: ByteSource {
  /// The file that the program is working on, for errors.
  var path: String
  private let program: String
  private var child: ChildProgram
  private var message: [UInt8] = []

  /// Starts the program.
  ///
  /// - Parameter isFed: whether its standard input comes from ``feed(_:)``.
  init(
    path: String, _ program: String, _ arguments: [String], _ environment: [String: String],
    isFed: Bool = false
  ) throws(WinnowError) {
    self.path = path
    self.program = program
    do throws(WinnowError) {
      child = try ChildProgram(program, arguments, environment, isFed: isFed)
    } catch {
      let reason = String(cString: strerror(error.code ?? 0)).lowercased()
      throw WinnowError(
        path: path, fault: "cannot start \(program): \(reason)", remedy: error.remedy)
    }
  }

  /// Gives the program all of `bytes` as input; what it writes meanwhile is taken, so that neither
  /// waits for the other.
  ///
  /// - Returns: the output that came, in order.
  /// - Throws: ``WinnowError`` with the program's own message when it stopped taking its input.
  func feed(_ bytes: [UInt8]) throws(WinnowError) -> [UInt8] {
    var taken: [UInt8] = []
    var done = 0
    while done < bytes.count {
      let ready = try ready(isFeeding: true)
      if ready.output {
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(child.output, &part, part.count)
        guard count >= 0 || errno == EINTR else { throw failed("read", errno) }
        if count > 0 { taken += part[..<count] }
        if count == 0 { child.closeOutput() }
      }
      guard ready.input else { continue }
      let count = bytes.withUnsafeBytes {
        child.feed(UnsafeRawBufferPointer(rebasing: $0[done...]))
      }
      if count > 0 { done += count }
      if count >= 0 || errno == EAGAIN || errno == EINTR { continue }
      // It ended before its input did: what it said about that is the error.
      while child.errors >= 0 { takeErrors() }
      throw failed(child.wait())
    }
    return taken
  }

  /// Tells the program that its input is over; the rest of its output is read as usual.
  func endInput() { child.closeInput() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int {
    while child.output >= 0 {
      guard try ready(isFeeding: false).output else { continue }
      let count = Glibc.read(child.output, buffer.baseAddress!, buffer.count)
      if count > 0 { return count }
      if count < 0 && errno == EINTR { continue }
      guard count == 0 else { throw failed("read", errno) }
      child.closeOutput()
    }
    if child.isOurs {
      while child.errors >= 0 { takeErrors() }
      let status = child.wait()
      guard status == 0 else { throw failed(status) }
    }
    return 0
  }

  /// The next bytes of the output, at most 64 KiB; none at its end.
  func bytes() throws(WinnowError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: 1 << 16) { (space, count) throws(WinnowError) in
      count = try read(into: UnsafeMutableRawBufferPointer(space))
    }
  }

  /// Waits for a pipe, and takes what the program complains of: a program that blocks on one full
  /// pipe would never fill another.
  private func ready(isFeeding: Bool) throws(WinnowError) -> (input: Bool, output: Bool) {
    // Closed pipes, of number -1, are never ready.
    var watched = [
      pollfd(fd: isFeeding ? child.input : -1, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&watched, 3, -1) >= 0 || errno == EINTR else { throw failed("poll", errno) }
    if watched[2].revents != 0 { takeErrors() }
    return (watched[0].revents != 0, watched[1].revents != 0)
  }

  private func takeErrors() {
    var part = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(child.errors, &part, part.count)
    if count < 0 && errno == EINTR { return }
    guard count > 0 else {
      child.closeErrors()
      return
    }
    // Only the beginning is ever shown.
    if message.count < 8192 { message += part[..<count] }
  }

  private func failed(_ status: Int) -> WinnowError {
    let text = oneLine(message)
    let ended = status > 128 ? "was killed by signal \(status - 128)" : "failed (exit \(status))"
    return WinnowError(
      path: path, fault: "\(program) \(ended)" + (text.isEmpty ? "" : ": \(text)"))
  }

  private func failed(_ call: String, _ code: Int32) -> WinnowError {
    WinnowError(
      path: path,
      fault: "cannot \(call) the output of \(program): "
        + String(cString: strerror(code)).lowercased())
  }
}
