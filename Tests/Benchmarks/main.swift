// What is promised or claimed about speed, measured, to be read by people: nothing here passes or
// fails.  Without a command the promises about the explorer's work are measured:
// `swift run -c release winnow-bench`, or with a part of a name to run only those.

import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "winnow-bench", abstract: "Measure winnow, and the machine it runs on.",
    subcommands: [
      PromisesCommand.self, PeakCommand.self, AssignCommand.self, TrainCommand.self,
    ],
    defaultSubcommand: PromisesCommand.self)
}

Bench.main()
