// The Python program that talks to Ray, as a child with three pipes: one JSON object per line in and out
// (assets/ray/winnow_ray.py lists them), and standard error, whose last lines explain why it died.

import Dispatch
import FoundationEssentials
import Foundations
import Glibc
import Storage
import Synchronization

/// A running driver; any thread may ask it.
final class RayDriver: Sendable {
  struct Question: Encodable {
    var id: Int
    var run: String?
    var tasks: [Int]?
    var threads: Int?
    var memory: Int?
    var cancel: Bool?
  }

  struct Answer: Decodable, Sendable {
    struct Ready: Decodable, Sendable {
      var nodes: Int
      var cpus: Int
      var ray: String
    }

    var id: Int?
    var ready: Ready?
    /// Numbers of tasks.
    var done: Int?
    var again: Int?
    var failed: Int?
    var why: String?
    var exit: Int?
    var host: String?
    var error: String?
    var cancelled: Bool?

    /// Why the request cannot be done, or nil.
    func failure(of stage: String) -> String? {
      guard let failed else { return error }
      let prefix = "winnow: "
      var said = error ?? ""
      if said.hasPrefix(prefix) { said.removeFirst(prefix.count) }
      if said.isEmpty {
        said = "it exited with \(exit.map(String.init) ?? "no exit code") and printed nothing"
      }
      return "\(stage) \(failed) on \(host ?? "a node"): \(said)"
    }
  }

  /// Answers to one request that nobody has taken yet; nil stands for what is about the connection.
  private struct Inbox {
    var answers: [Answer] = []
    let bell = DispatchSemaphore(value: 0)
  }

  private struct State: ~Copyable {
    var child: ChildProgram
    var inboxes: [Int?: Inbox] = [nil: Inbox()]
    /// Why there will be no more answers.
    var end: String?
  }

  private let state: Mutex<State>
  /// Held while a question is written, so that none is cut by another.
  private let asking = Mutex(())

  init(
    _ python: String, _ script: String, address: String, winnow: String, workspace: String,
    _ environment: [String: String]
  ) throws(WinnowError) {
    let child = try ChildProgram(
      python,
      [script, "--address", address, "--winnow", winnow, "--workspace", workspace],
      environment, isFed: true)
    let (output, errors) = (child.output, child.errors)
    state = Mutex(State(child: child))
    // A thread of its own, which waits most of the time.
    DispatchQueue(label: "ray").async { self.listen(output, errors) }
  }

  // MARK: Asking

  func expectAnswers(to id: Int) { state.withLock { $0.inboxes[id] = Inbox() } }
  func expectNoAnswers(to id: Int) { state.withLock { $0.inboxes[id] = nil } }

  /// - Throws: ``WinnowError`` when the driver has ended.
  func ask(_ question: Question) throws(WinnowError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard var line = try? [UInt8](encoder.encode(question)) else { return }
    line.append(UInt8(ascii: "\n"))
    try asking.withLock { (_) throws(WinnowError) in
      var done = 0
      while done < line.count {
        let (count, end) = state.withLock { state in
          let count = line.withUnsafeBytes {
            state.child.feed(UnsafeRawBufferPointer(rebasing: $0[done...]))
          }
          return (count < 0 && errno != EAGAIN && errno != EINTR ? -2 : count, state.end)
        }
        if let end { throw .invalid(end) }
        if count > 0 { done += count }
        // Its pipe is full, or it is ending and why is not known yet.
        if count < 0 { usleep(5000) }
      }
    }
  }

  /// Takes the answers to a request that are there, or come within some seconds; there may be none.
  ///
  /// - Throws: ``WinnowError`` when there are none and the driver has ended.
  func answers(to id: Int?, within seconds: Double) throws(WinnowError) -> [Answer] {
    let bell = state.withLock { $0.inboxes[id]?.bell }
    _ = bell?.wait(timeout: .now() + seconds)
    let (answers, end) = state.withLock { state in
      let answers = state.inboxes[id]?.answers ?? []
      state.inboxes[id]?.answers = []
      return (answers, state.end)
    }
    if answers.isEmpty, let end { throw .invalid(end) }
    return answers
  }

  // MARK: Listening

  /// Bytes of what it wrote for people that are shown when it dies.
  private static let lastWords = 1000

  /// Reads until the driver has ended.
  private func listen(_ output: Int32, _ errors: Int32) {
    var watched = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
    ]
    var (line, complaints): ([UInt8], [UInt8]) = ([], [])
    var status: Int?
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // What it started may hold the pipes beyond its own end, so that is what is waited for.
      let found = poll(&watched, 2, status == nil ? 50 : 0)
      if found <= 0, status != nil { break }
      if status == nil { status = state.withLock { $0.child.statusIfEnded() } }
      for index in 0..<2 where watched[index].revents != 0 {
        let count = read(watched[index].fd, &buffer, buffer.count)
        if count == 0 || count < 0 && errno != EINTR { watched[index].fd = -1 }
        guard count > 0 else { continue }
        if index == 1 {
          complaints = (complaints + buffer[..<count]).suffix(Self.lastWords)
          continue
        }
        for byte in buffer[..<count] {
          guard byte == UInt8(ascii: "\n") else {
            line.append(byte)
            continue
          }
          if !take(line) { complaints = (complaints + line + [byte]).suffix(Self.lastWords) }
          line = []
        }
      }
    }
    let text = oneLine(complaints, most: Self.lastWords)
    let ended = status! > 128 ? "by signal \(status! - 128)" : "with exit code \(status!)"
    end("the Ray driver ended \(ended)" + (text.isEmpty ? "" : ", its last output: \(text)"))
  }

  /// Hands an answer on; false: the line is none.
  private func take(_ line: [UInt8]) -> Bool {
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line)) else {
      return false
    }
    if answer.id == nil, let error = answer.error {
      end(error)
      return true
    }
    state.withLock { state in
      state.inboxes[answer.id]?.answers.append(answer)
      _ = state.inboxes[answer.id]?.bell.signal()
    }
    return true
  }

  /// Nothing will be answered any more; the first reason counts.
  private func end(_ reason: String) {
    state.withLock { state in
      state.end = state.end ?? reason
      for inbox in state.inboxes.values { inbox.bell.signal() }
    }
  }

  // MARK: Ending

  /// Closes the driver's input, which it reads as the wish to end.
  func endInput() { state.withLock { $0.child.closeInput() } }

  /// Closes the driver's input, and returns when it has ended; after some seconds it is killed.
  func end(within seconds: Double) {
    endInput()
    let start = ContinuousClock.now
    var isKilled = false
    while state.withLock({ $0.child.isOurs }) {
      if !isKilled, ContinuousClock.now - start > .seconds(seconds) {
        state.withLock { $0.child.send(signal: SIGKILL) }
        isKilled = true
      }
      usleep(5000)
    }
  }
}
