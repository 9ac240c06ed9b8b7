// Runs the program as a user would, in a folder of its own.

import Foundation
import TestSupport
import Testing

/// Runs `winnow` with these arguments, without a terminal.
func winnow(
  _ arguments: String..., environment: [String: String?] = [:], input: [UInt8] = [],
  folder: String? = nil
) throws -> ProcessResult {
  try winnow(arguments, environment: environment, input: input, folder: folder)
}

func winnow(
  _ arguments: [String], environment: [String: String?] = [:], input: [UInt8] = [],
  folder: String? = nil
) throws -> ProcessResult {
  let result = try ProcessRunner.run(
    winnowBinary(), arguments, environment: environment, input: input, folder: folder)
  #expect(!result.timedOut, "winnow \(arguments.joined(separator: " ")) did not end")
  return result
}

/// Runs `winnow` and throws its message when it does not succeed.
@discardableResult
func winnowSucceeds(_ arguments: String..., folder: String? = nil) throws -> ProcessResult {
  try winnowSucceeds(arguments, folder: folder)
}

@discardableResult
func winnowSucceeds(_ arguments: [String], folder: String? = nil) throws -> ProcessResult {
  let result = try winnow(arguments, folder: folder)
  guard result.exitCode == 0 else {
    throw RunFailure(
      "winnow \(arguments.joined(separator: " ")) gave \(result.exitCode): \(result.errors)")
  }
  return result
}

/// Expects a refusal: this exit code, nothing on standard output, and every one of `parts` in a
/// message that is short enough to be read.
func expectRefusal(
  _ result: ProcessResult, exitCode: Int32 = 1, _ parts: [String],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    result.exitCode == exitCode, "\(result.output)\(result.errors)", sourceLocation: sourceLocation)
  #expect(result.standardOutput.isEmpty, "\(result.output)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(
      result.errors.contains(part), "expected \(part) in: \(result.errors)",
      sourceLocation: sourceLocation)
  }
  #expect(!result.errors.contains("Fatal error"), sourceLocation: sourceLocation)
  #expect(
    result.errors.split(separator: "\n").count <= 16, "\(result.errors)",
    sourceLocation: sourceLocation)
}
