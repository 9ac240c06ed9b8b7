import ArgumentParser
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "explore")
  @Argument var workspace: String
  func run() throws {}
}
