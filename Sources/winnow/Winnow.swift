import ArgumentParser

struct Winnow: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "winnow",
    abstract: "Prune a web-scale training set by the complexity of its concepts.",
    discussion: """
      winnow clusters embeddings into concepts, scores the complexity of each and computes an \
      exact quota for it. The explorer shows what will be pruned and lets you change it before a \
      keep list is written.

      For shell completions, run winnow --generate-completion-script bash (or zsh, fish); \
      docs/completions.md says where to put them.

      Exit status: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
      """,
    version: version,
    subcommands: [
      DemoCommand.self, BuildCommand.self, ExploreCommand.self, PlanCommand.self,
      ExportCommand.self, ArmsCommand.self, ExplainCommand.self, CompareCommand.self,
      VerifyCommand.self, ReplayCommand.self, InfoCommand.self, DedupCurveCommand.self,
      TaskCommand.self, SlurmCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)
}
