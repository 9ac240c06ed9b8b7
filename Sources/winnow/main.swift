// The program: turns arguments into commands, errors into messages, and both into exit codes:
// 0 success, 1 failure, 2 wrong usage, 130 interrupted.

import ArgumentParser
import Glibc
import Storage

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

/// The message for a first argument that is neither a command nor a path, or nil if it may be either.
///
/// `winnow WORKSPACE` is short for `winnow explore WORKSPACE`, so a misspelt command would be taken
/// for a workspace.
func unknownCommand(_ arguments: [String], known: [String]) -> String? {
  guard let word = arguments.first, !known.contains(word), !word.isEmpty,
    word.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) }),
    pathKind(word) == .nothing
  else { return nil }
  let near = known.map { (name: $0, edits: edits($0, word.lowercased())) }
    .min { $0.edits < $1.edits }
  let hint = near.flatMap { $0.edits <= 2 ? "did you mean 'winnow \($0.name)'? " : nil } ?? ""
  return "'\(word)' is neither a command nor a workspace; \(hint)winnow --help lists the commands"
}

/// The number of letters to insert, remove or replace to turn one word into the other.
private func edits(_ one: String, _ other: String) -> Int {
  let (left, right) = (Array(one.utf8), Array(other.utf8))
  var row = Array(0...right.count)
  for i in left.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left[i] == right[j] ? 0 : 1))
      diagonal = above
    }
  }
  return row[right.count]
}
