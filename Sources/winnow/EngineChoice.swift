import ArgumentParser

/// The argument of `winnow build --on`: where the tasks of a build run.
struct EngineChoice: ExpressibleByArgument, Equatable {
  /// What ``RayEngine/start(address:workspace:environment:patience:message:isCancelled:)`` is told.
  let address: String

  init?(argument: String) {
    if argument == "ray" {
      address = RayEngine.local
      return
    }
    // The port must be given. If our default differed from the user's port, the error would name a
    // cluster that nobody can reach.
    guard argument.hasPrefix("ray://"), let colon = argument.lastIndex(of: ":"),
      colon > argument.index(argument.startIndex, offsetBy: 6),
      let port = Int(argument[argument.index(after: colon)...]), (1..<1 << 16).contains(port)
    else { return nil }
    address = argument
  }

  /// Shown in the parser's errors and in help.
  static let allValueStrings = ["ray", "ray://HOST:PORT"]
  static let defaultCompletionKind = CompletionKind.list(["ray", "ray://"])
}
