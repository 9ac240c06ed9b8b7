import ArgumentParser

/// What `winnow build --on` names: where the tasks of a build run.
struct EngineChoice: ExpressibleByArgument, Equatable {
  /// What ``RayEngine/start(address:workspace:environment:patience:message:isCancelled:)`` is told.
  let address: String

  init?(argument: String) {
    if argument == "ray" {
      address = RayEngine.local
      return
    }
    // The client's port has to be given: with another default than the user thinks, the message would
    // be about a cluster that nobody can reach.
    guard argument.hasPrefix("ray://"), let colon = argument.lastIndex(of: ":"),
      colon > argument.index(argument.startIndex, offsetBy: 6),
      let port = Int(argument[argument.index(after: colon)...]), (1..<1 << 16).contains(port)
    else { return nil }
    address = argument
  }

  /// Named by the parser's error, and in help.
  static let allValueStrings = ["ray", "ray://HOST:PORT"]
  static let defaultCompletionKind = CompletionKind.list(["ray", "ray://"])
}
