// Giving the terminal back when the program cannot do it in an orderly way. A Swift trap, a bad
// page or an abort leaves no time for curses: the handlers here use only what a signal handler
// may use (write, tcsetattr, sigaction, raise) and only memory that was set up before, restore the
// terminal, put the previous handler back (Swift's own prints the backtrace) and let the signal
// strike again. SIGTERM, SIGHUP and SIGINT only leave a note for the loop, which ends in order.
//
// Soundness of the globals: they are written on the first thread in `arm`, before the handlers
// are installed and after they are removed, and otherwise only read. `asked` is an Int32 that the
// handler stores and the loop reads, which is one instruction on every processor that we run on.

import CNcursesw
import Glibc

enum CrashGuard {
  private static let crashes: [Int32] = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
  private static let requests: [Int32] = [SIGTERM, SIGHUP, SIGINT]
  private static let stackSize = 64 * 1024

  /// Remembers how the terminal was and installs the handlers. curses must have been started.
  static func arm(_ before: termios) {
    let state = UnsafeMutablePointer<GuardState>.allocate(capacity: 1)
    state.initialize(to: GuardState(before: before))
    for name in ["sgr0", "rmkx", "cnorm", "rmcup"] { state.pointee.append(name) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
    state.pointee.stack = memory
    winnow_signal_stack(memory, stackSize)
    guardState = state
    askedSignal = 0
    for (place, number) in crashes.enumerated() {
      winnow_handle(number, restoreAndStrikeAgain, 1, state.pointee.previous + place)
    }
    for (place, number) in requests.enumerated() {
      winnow_handle(
        number, noteRequest, 0, state.pointee.previous + crashes.count + place)
    }
  }

  /// Where a request for the end also wakes the loop: an eventfd.
  static func wake(_ descriptor: Int32) { wakeDescriptor = descriptor }

  /// The signal that was asked for since the last call, or 0.
  static func takeRequest() -> Int32 {
    let number = askedSignal
    if number != 0 { askedSignal = 0 }
    return number
  }

  /// Puts the previous handlers back. The memory stays: a handler may be about to read it.
  static func disarm() {
    guard let state = guardState else { return }
    for (place, number) in (crashes + requests).enumerated() {
      winnow_restore_handler(number, state.pointee.previous + place)
    }
    tcsetattr(0, TCSANOW, &state.pointee.before)
  }
}

/// All that the handlers read.
private struct GuardState {
  var before: termios
  /// What ends the alternate screen, shows the cursor and resets colours.
  let reset = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
  var resetCount = 0
  let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 16)
  var stack: UnsafeMutableRawPointer?

  init(before: termios) {
    self.before = before
    previous.initialize(repeating: sigaction(), count: 16)
  }

  /// Adds what terminfo says for a capability, if it has it and there is room.
  mutating func append(_ name: String) {
    guard let text = tigetstr(name), Int(bitPattern: text) != -1 else { return }
    let length = strlen(text)
    guard resetCount + length <= 256 else { return }
    for place in 0..<length { reset[resetCount + place] = UInt8(bitPattern: text[place]) }
    resetCount += length
  }
}

nonisolated(unsafe) private var guardState: UnsafeMutablePointer<GuardState>?
nonisolated(unsafe) private var askedSignal: Int32 = 0
nonisolated(unsafe) private var wakeDescriptor: Int32 = -1

private func restoreAndStrikeAgain(_ number: Int32) {
  if let state = guardState {
    _ = write(1, state.pointee.reset, state.pointee.resetCount)
    tcsetattr(0, TCSANOW, &state.pointee.before)
    var place = 0
    switch number {
    case SIGILL: place = 0
    case SIGTRAP: place = 1
    case SIGSEGV: place = 2
    case SIGBUS: place = 3
    case SIGFPE: place = 4
    default: place = 5
    }
    winnow_restore_handler(number, state.pointee.previous + place)
  }
  // Blocked until this handler returns; then it meets the previous handler.
  raise(number)
}

private func noteRequest(_ number: Int32) {
  askedSignal = number
  var one: UInt64 = 1
  if wakeDescriptor >= 0 { _ = write(wakeDescriptor, &one, 8) }
}
