import ArgumentParser
import Foundations
import Glibc

/// The message and exit code of a command that failed.
struct Failure: Error {
  let text: String
  let status: Int32

  init(_ text: String, status: Int32 = 1) {
    self.text = text
    self.status = status
  }

  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as WinnowError: self.init(error.description, status: error.status)
    default: self.init("\(error)")
    }
  }
}

/// Runs `body` and turns what it throws into a failure with a message. An exit code passes through,
/// because the command has already printed the reason.
func failing<R>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch let status as ExitCode {
    throw status
  } catch {
    throw Failure(error)
  }
}

/// Writes text to standard output; if the reader is gone, the program ends quietly.
func standardOutput(_ text: String) {
  do throws(WinnowError) { try standardOutput(Array(text.utf8)) } catch {
    standardError("winnow: \(error)")
    exit(1)
  }
}

func standardOutput(_ bytes: [UInt8]) throws(WinnowError) {
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { write(1, $0.baseAddress! + done, bytes.count - done) }
    if count < 0 {
      if errno == EINTR { continue }
      if errno == EPIPE {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
      }
      throw WinnowError(
        path: "standard output", fault: "cannot write: \(String(cString: strerror(errno)))")
    }
    done += count
  }
}

func standardError(_ line: String, end: String = "\n") {
  let bytes = Array((line + end).utf8)
  _ = bytes.withUnsafeBytes { write(2, $0.baseAddress!, $0.count) }
}
