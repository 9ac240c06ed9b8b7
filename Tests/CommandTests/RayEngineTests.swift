// The engine against a driver of the tests' own, which plays what Ray's may do; no Ray is needed.
// Tests/Peers/ray_check.py has the real one.

import Foundation
import Foundations
import Synchronization
import Tasks
import TestSupport
import Testing
import winnow

@Suite(OutputTests.withPython) struct RayEngineTests {
  /// Reads requests as the driver of Ray does; the name of the stage says what happens.
  private static let script = #"""
    import json, os, signal, sys, time

    def say(**message):
        print(json.dumps(message), flush=True)

    note = open(os.path.join(os.path.dirname(__file__), "note"), "w")
    json.dump({"arguments": sys.argv[1:], "process": os.getpid(), "group": os.getpgrp()}, note)
    note.close()
    address = sys.argv[2]
    if "nobody" in address:
        say(error="cannot reach " + address)
        sys.exit(1)
    if "silent" in address:
        sys.stdin.read()
        sys.exit(0)
    print("a line of some library")
    say(ready={"nodes": 3, "cpus": 6, "ray": "2.0.0", "python": "3.11.2"})
    both = {}
    for line in sys.stdin:
        message = json.loads(line)
        id = message["id"]
        if "cancel" in message:
            if "stubborn" not in address:
                say(id=id, cancelled=True)
            continue
        stage, tasks = message["run"], message["tasks"]
        if stage == "backwards":
            for task in reversed(tasks):
                say(id=id, done=task)
        elif stage == "again":
            say(id=id, again=tasks[0], why="its node died")
            say(id=id, done=tasks[0])
            say(id=id, done=tasks[0])
            for task in tasks[1:]:
                say(id=id, done=task)
        elif stage == "failing":
            say(id=id, done=tasks[0])
            say(id=id, failed=tasks[1], exit=1, host="node-3", error="winnow: x.npy: it is gone")
        elif stage == "speechless":
            say(id=id, failed=tasks[0], exit=7, host="node-3", error="")
        elif stage == "large":
            say(id=id, error="large: no node has so much memory")
        elif stage == "lost":
            say(error="the connection was lost")
            time.sleep(0.2)
            sys.exit(1)
        elif stage == "noisy":
            print('{"id": 1, "done"')
            print("\x1b[2J", [1, 2], 3)
            print(json.dumps({"id": id + 1000, "done": tasks[0]}))
            say(id=id, done=tasks[0])
        elif stage == "dying":
            print("not JSON")
            print("Traceback:\n  " + "x" * 9000 + "\nValueError: so it is", file=sys.stderr)
            sys.exit(3)
        elif stage == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif stage in ("quick", "slow"):
            # Nothing is answered until both are under way.
            both[stage] = id, tasks
            if len(both) == 2:
                for id, tasks in both["quick"], both["slow"]:
                    for task in tasks:
                        say(id=id, done=task)
        elif stage == "echo":
            say(id=id, again=message["threads"], why=str(message["memory"]))
            for task in tasks:
                say(id=id, done=task)
    if "stubborn" in address:
        time.sleep(1000)
    """#

  private struct Note: Decodable {
    var arguments: [String]
    var process: Int32
    var group: Int32
  }

  private let folder: TemporaryFolder
  private let messages = Collected<String>()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("driver.py", Self.script)
  }

  private func start(
    _ address: String = "auto", _ changes: [String: String?] = [:],
    isCancelled: @Sendable () -> Bool = { false }
  ) throws -> RayEngine {
    var environment = ProcessInfo.processInfo.environment
    environment["WINNOW_PYTHON"] = testPython()!
    environment["WINNOW_RAY"] = folder("driver.py")
    for (name, value) in changes { environment[name] = value }
    let messages = messages
    return try RayEngine.start(
      address: address, workspace: folder("ws"), environment: environment, patience: 0.3,
      message: { messages.append($0) }, isCancelled: isCancelled)
  }

  /// Runs a stage; returns the tasks that were said to be finished, in order.
  private func run(
    _ engine: RayEngine, _ stage: String, _ tasks: [Int] = [0, 1, 2],
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [Int] {
    let finished = Collected<Int>()
    try engine.run(
      TaskRequest(stage: stage, tasks: tasks, threads: 2, memory: 1 << 40),
      finished: { finished.append($0) }, isCancelled: isCancelled)
    return finished.all
  }

  /// What is thrown, as text.
  private func complaint(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  private func note() throws -> Note {
    let file = URL(fileURLWithPath: folder("note"))
    return try JSONDecoder().decode(Note.self, from: Data(contentsOf: file))
  }

  /// Expects that the driver is no process any more.
  private func expectNoDriver(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let process = try note().process
    #expect(kill(process, 0) == -1 && errno == ESRCH, sourceLocation: sourceLocation)
  }

  @Test func theDriverIsToldWhatToRunAndLeadsItsOwnGroup() throws {
    let engine = try start("ray://head:10001", ["WINNOW_WORKER": "/shared/bin/winnow"])
    let note = try note()
    #expect(
      note.arguments == [
        "--address", "ray://head:10001", "--winnow", "/shared/bin/winnow", "--workspace",
        folder("ws"),
      ])
    #expect(note.group == note.process)
    #expect(messages.all == ["Ray 2.0.0: 3 nodes, 6 CPUs"])
    engine.stop()
    try expectNoDriver()
  }

  @Test func tasksFinishInAnyOrder() throws {
    let engine = try start()
    defer { engine.stop() }
    #expect(try run(engine, "backwards") == [2, 1, 0])
    #expect(try run(engine, "backwards", []) == [])
  }

  @Test func threadsAndMemoryArrive() throws {
    let engine = try start()
    defer { engine.stop() }
    #expect(try run(engine, "echo") == [0, 1, 2])
    #expect(messages.all.last == "echo 2 is being retried: 1099511627776")
  }

  /// More than the pipe holds, both ways.
  @Test func aRequestMayBeLarge() throws {
    let engine = try start()
    defer { engine.stop() }
    let tasks = Array(0..<60_000)
    #expect(try run(engine, "backwards", tasks) == tasks.reversed())
  }

  @Test func aTaskThatDiedIsToldAndCountedOnce() throws {
    let engine = try start()
    defer { engine.stop() }
    #expect(try run(engine, "again") == [0, 1, 2])
    #expect(messages.all.last == "again 0 is being retried: its node died")
  }

  @Test func aTaskThatFailedIsAnErrorWithItsPlace() throws {
    let engine = try start()
    defer { engine.stop() }
    #expect(
      complaint { _ = try run(engine, "failing") } == "failing 1 on node-3: x.npy: it is gone")
    #expect(
      complaint { _ = try run(engine, "speechless") }
        == "speechless 0 on node-3: it exited with 7 and printed nothing")
    #expect(complaint { _ = try run(engine, "large") } == "large: no node has so much memory")
    // The cluster is as good as before.
    #expect(try run(engine, "backwards") == [2, 1, 0])
  }

  @Test func whatIsNoAnswerIsPassedOver() throws {
    let engine = try start()
    defer { engine.stop() }
    #expect(try run(engine, "noisy", [5]) == [5])
  }

  @Test func severalThreadsAskAtOnce() async throws {
    let engine = try start()
    defer { engine.stop() }
    let slow = Task.detached { try run(engine, "slow", [7, 8]) }
    let quick = Task.detached { try run(engine, "quick", [1, 2]) }
    #expect(try await quick.value == [1, 2])
    #expect(try await slow.value == [7, 8])
  }

  @Test(arguments: [
    ("dying", "the Ray driver ended with exit code 3, its last output: ", "ValueError: so it is"),
    ("killed", "the Ray driver ended by signal 9, its last output: ", "a line of some library"),
    ("lost", "the connection was lost", "lost"),
  ])
  func aDriverThatDiesIsAnError(stage: String, start: String, end: String) throws {
    let engine = try self.start()
    let text = complaint { _ = try run(engine, stage) }
    #expect(text.hasPrefix(start) && text.hasSuffix(end), "\(text)")
    #expect(text.count < 1200)
    // It stays so.
    #expect(complaint { _ = try run(engine, "backwards") } == text)
    engine.stop()
    try expectNoDriver()
  }

  @Test(arguments: ["auto", "ray://stubborn:1"])
  func cancellingEndsARequestAndStoppingTheDriver(address: String) throws {
    let engine = try start(address)
    let asked = Collected<Int>()
    let text = complaint {
      // Cancelled while it is under way: the third time that it asks.
      _ = try run(engine, "nothing") {
        asked.append(0)
        return asked.all.count > 2
      }
    }
    #expect(text == "\(WinnowError.interrupted)")
    engine.stop()
    try expectNoDriver()
  }

  @Test func aClusterThatCannotBeUsedIsAnError() throws {
    #expect(complaint { _ = try start("ray://nobody:1") } == "cannot reach ray://nobody:1")
    try expectNoDriver()
  }

  @Test func connectingCanBeCancelled() throws {
    let asked = Collected<Int>()
    let text = complaint {
      _ = try start("ray://silent:1") {
        asked.append(0)
        return asked.all.count > 2
      }
    }
    #expect(text == "\(WinnowError.interrupted)")
    try expectNoDriver()
  }

  @Test func whatIsMissingIsNamed() throws {
    #expect(
      complaint { _ = try start("auto", ["WINNOW_PYTHON": "/nowhere/python"]) }.contains(
        "--on ray: Ray needs Python, found no /nowhere/python; install it with Ray"))
    #expect(
      complaint { _ = try start("auto", ["WINNOW_PYTHON": nil, "PATH": folder.path]) }.contains(
        "found no python3 on PATH"))
    #expect(
      complaint { _ = try start("auto", ["WINNOW_RAY": folder("no.py")]) }
        == "WINNOW_RAY: expected the Ray driver's file, found none at \(folder("no.py"))")
  }

  @Test func theBundledDriverIsFound() throws {
    // The tests' own program lies in a build folder below the sources, as winnow does.
    let environment = ["PATH": "/usr/bin:/bin", "WINNOW_PYTHON": "/bin/cat"]
    let text = complaint {
      _ = try RayEngine.start(
        address: "auto", workspace: folder("ws"), environment: environment, patience: 0.3,
        message: { _ in }, isCancelled: { false })
    }
    // `cat` knows no --address; it says so after it was given the file that is there.
    #expect(text.contains("cat: unrecognized option '--address'"), "\(text)")
  }
}

/// Values from several threads.
private final class Collected<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  func append(_ value: Value) { values.withLock { $0.append(value) } }
  var all: [Value] { values.withLock { $0 } }
}
