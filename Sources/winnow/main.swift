// The program: words to commands, errors to messages, both to exit codes.
// 0 done, 1 failed, 2 wrong usage, 130 interrupted.

import ArgumentParser
import Glibc

Interruption.install()
// The system tells a program its words in /proc/self/cmdline; they begin with its own name.
if CommandLine.arguments.isEmpty {
  standardError(
    "winnow: expected its arguments in /proc/self/cmdline, found none: mount /proc here "
      + "(mount -t proc proc /proc) and start again")
  exit(1)
}
let commands =
  Winnow.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
if let text = unknownCommand(Array(CommandLine.arguments.dropFirst()), known: commands) {
  standardError("winnow: \(text)")
  exit(2)
}
do {
  var command = try Winnow.parseAsRoot()
  try command.run()
} catch let failure as Failure {
  standardError("winnow: \(failure.text)")
  exit(failure.status)
} catch let status as ExitCode {
  exit(status.rawValue)
} catch {
  // Help and the version are errors to the parser, too; they go to standard output with 0.
  let text = Winnow.fullMessage(for: error)
  if Winnow.exitCode(for: error) == .success {
    standardOutput(text + "\n")
    exit(0)
  }
  standardError(text)
  exit(2)
}
