// The program: turns arguments into commands, errors into messages, and both into exit codes:
// 0 success, 1 failure, 2 wrong usage, 130 interrupted.

import ArgumentParser
import Glibc

Interruption.install()
// /proc/self/cmdline has the arguments of the program; the first is its own name.
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
  // To the parser, help and the version are errors too; they go to standard output with code 0.
  let text = Winnow.fullMessage(for: error)
  if Winnow.exitCode(for: error) == .success {
    standardOutput(text + "\n")
    exit(0)
  }
  standardError(text)
  exit(2)
}
