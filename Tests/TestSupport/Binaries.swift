// Where the tests find what they run and read, from any current folder.

import Foundation

/// The `winnow` program of the same build as the running tests: it lies beside them.
public func winnowBinary() -> String {
  let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  return tests.deletingLastPathComponent().appendingPathComponent("winnow").path
}

/// The folder of `Package.swift`.
public func packageRoot(file: String = #filePath) -> String {
  // Tests/TestSupport/Binaries.swift: three up.
  URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
}

/// The Python with numpy that `Tests/run.sh` made, if these tests run under it.
public func testPython() -> String? {
  ProcessInfo.processInfo.environment["WINNOW_TEST_PYTHON"]
}

/// Runs a script with that Python; returns what it writes.
public func runPython(_ script: String, _ arguments: [String] = []) throws -> String {
  guard let python = testPython() else { throw RunFailure("no Python: run Tests/run.sh") }
  let result = try ProcessRunner.run(python, ["-c", script] + arguments)
  guard result.exitCode == 0 else { throw RunFailure("python: \(result.errors)") }
  return result.output
}
