// Giving the terminal back when the program cannot do it in an orderly way. A Swift trap, a bad
// page or an abort leaves no time for curses: the handlers here use only what a signal handler
// may use (write, tcsetattr, sigaction, raise) and only memory that was set up before, restore the
// terminal, put the previous handler back (Swift's own prints the backtrace) and let the signal
// strike again. SIGTERM, SIGHUP, SIGINT, SIGTSTP and SIGCONT only leave a note for the loop, which
// does what they ask in order.
//
// Soundness of the globals: they are written on the first thread in `arm`, before the handlers
// are installed and after they are removed, and otherwise only read. The notes are each a word
// that a handler stores and the loop reads and clears, which is one instruction on every processor
// that we run on.

import CNcursesw
import Glibc

enum CrashGuard {
  private static let crashes: [Int32] = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
  private static let requests: [Int32] = [SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT]
  private static let stackSize = 64 * 1024

  /// Remembers how the terminal was and installs the handlers. curses must have been started.
  ///
  /// - Parameter off: what turns off the modes that curses does not know.
  static func arm(_ before: termios, off: [UInt8]) {
    let state = UnsafeMutablePointer<GuardState>.allocate(capacity: 1)
    state.initialize(to: GuardState(before: before))
    state.pointee.append(off)
    for name in ["sgr0", "rmkx", "cnorm", "rmcup"] { state.pointee.append(name) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
    state.pointee.stack = memory
    winnow_signal_stack(memory, stackSize)
    guardState = state
    notes = Notes()
    for number in crashes {
      winnow_handle(number, restoreAndStrikeAgain, 1, state.pointee.previous(number))
    }
    for number in requests { winnow_handle(number, noteRequest, 0, state.pointee.previous(number)) }
  }

  /// Where a note also wakes the loop: an eventfd.
  static func wake(_ descriptor: Int32) { wakeDescriptor = descriptor }

  /// The notes since the last call.
  static func takeNotes() -> Notes {
    var taken = Notes()
    // One by one: a signal between reading and clearing all of them would be lost.
    if notes.end != 0 { (taken.end, notes.end) = (notes.end, 0) }
    if notes.interrupt != 0 { (taken.interrupt, notes.interrupt) = (1, 0) }
    if notes.stop != 0 { (taken.stop, notes.stop) = (1, 0) }
    if notes.goOn != 0 { (taken.goOn, notes.goOn) = (1, 0) }
    return taken
  }

  /// Stops the program, and those of its pipeline, until the shell has them go on. The terminal
  /// must have been given back. Where the shell knows no jobs nothing happens.
  static func stop() {
    guard let state = guardState, winnow_is_ignored(state.pointee.previous(SIGTSTP)) == 0 else {
      return
    }
    var ours = sigaction()
    guard winnow_default_handler(SIGTSTP, &ours) == 0 else { return }
    // The workers of Dispatch take no signals, so this thread stops before the call returns.
    kill(0, SIGTSTP)
    winnow_restore_handler(SIGTSTP, &ours)
    notes.stop = 0
    notes.goOn = 0
  }

  /// Puts the previous handlers back. The memory stays: a handler may be about to read it.
  static func disarm() {
    guard let state = guardState else { return }
    for number in crashes + requests {
      winnow_restore_handler(number, state.pointee.previous(number))
    }
    tcsetattr(0, TCSANOW, &state.pointee.before)
  }
}

struct Notes {
  /// The number of the signal that asks for the end, or 0.
  var end: Int32 = 0
  var interrupt: Int32 = 0
  /// To stop until the shell has the program go on.
  var stop: Int32 = 0
  /// The program was stopped, and goes on.
  var goOn: Int32 = 0
}

/// All that the handlers read.
private struct GuardState {
  private static let room = 256
  private static let signals = 32
  var before: termios
  /// What turns modes off, ends the alternate screen, shows the cursor and resets colours.
  let reset = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
  var resetCount = 0
  /// The handlers that were there before, by signal.
  private let handlers = UnsafeMutablePointer<sigaction>.allocate(capacity: signals)
  var stack: UnsafeMutableRawPointer?

  init(before: termios) {
    self.before = before
    handlers.initialize(repeating: sigaction(), count: GuardState.signals)
  }

  func previous(_ signal: Int32) -> UnsafeMutablePointer<sigaction> { handlers + Int(signal) }

  /// Adds what terminfo says for a capability, if it has it.
  mutating func append(_ name: String) {
    guard let text = tigetstr(name), Int(bitPattern: text) != -1 else { return }
    append((0..<strlen(text)).map { UInt8(bitPattern: text[$0]) })
  }

  /// Adds bytes, if there is room.
  mutating func append(_ bytes: [UInt8]) {
    guard resetCount + bytes.count <= GuardState.room else { return }
    (reset + resetCount).initialize(from: bytes, count: bytes.count)
    resetCount += bytes.count
  }
}

nonisolated(unsafe) private var guardState: UnsafeMutablePointer<GuardState>?
nonisolated(unsafe) private var notes = Notes()
nonisolated(unsafe) private var wakeDescriptor: Int32 = -1

private func restoreAndStrikeAgain(_ number: Int32) {
  if let state = guardState {
    _ = write(1, state.pointee.reset, state.pointee.resetCount)
    tcsetattr(0, TCSANOW, &state.pointee.before)
    winnow_restore_handler(number, state.pointee.previous(number))
  }
  // Blocked until this handler returns; then it meets the previous handler.
  raise(number)
}

private func noteRequest(_ number: Int32) {
  switch number {
  case SIGINT: notes.interrupt = 1
  case SIGTSTP: notes.stop = 1
  case SIGCONT: notes.goOn = 1
  default: notes.end = number
  }
  var one: UInt64 = 1
  if wakeDescriptor >= 0 { _ = write(wakeDescriptor, &one, 8) }
}
