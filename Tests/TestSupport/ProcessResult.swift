/// What a finished program left: how it ended and what it wrote.
public struct ProcessResult: Sendable {
  /// The exit code; 128 plus the signal's number when a signal ended the program, as in a shell.
  public let exitCode: Int32
  /// Whether the program was killed because its time was over.
  public let timedOut: Bool
  public let standardOutput: [UInt8]
  public let standardError: [UInt8]

  /// Standard output as text; bytes that are no UTF-8 show as U+FFFD.
  public var output: String { String(decoding: standardOutput, as: UTF8.self) }
  /// Standard error as text; bytes that are no UTF-8 show as U+FFFD.
  public var errors: String { String(decoding: standardError, as: UTF8.self) }
}
