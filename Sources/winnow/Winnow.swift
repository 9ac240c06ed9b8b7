import ArgumentParser

/// The root command.
struct Winnow: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "winnow",
    abstract: "Prune a web-scale training set by the complexity of its concepts.",
    discussion: """
      Embeddings in, concept clusters scored by complexity, exact quotas for every concept, and \
      an explorer in which you see and steer what is pruned before a keep list is written.

      Shell completions: winnow --generate-completion-script bash (or zsh, fish); \
      docs/completions.md says where they belong.

      Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
      """,
    version: version,
    subcommands: [
      DemoCommand.self, BuildCommand.self, ExploreCommand.self, PlanCommand.self,
      ExportCommand.self, ArmsCommand.self, ExplainCommand.self, CompareCommand.self,
      VerifyCommand.self, ReplayCommand.self, InfoCommand.self, DedupCurveCommand.self,
      TaskCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)
}
