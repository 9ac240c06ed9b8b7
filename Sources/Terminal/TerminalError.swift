// Why there is no explorer on this terminal, in words that say what to do instead.

/// The terminal cannot show the explorer.
public enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Standard input or output is not a terminal.
  case noTerminal
  /// `TERM` is unset, `dumb`, or names a terminal that this system does not know.
  case unusable(term: String?)
  /// The system refused something that the loop cannot do without.
  case refused(String)

  public var description: String {
    let instead =
      "; use `winnow plan WORKSPACE` for the quota table and `winnow export WORKSPACE` for the "
      + "keep list, or `winnow explore WORKSPACE --script FILE` for keys without a terminal"
    switch self {
    case .noTerminal:
      return "the explorer needs a terminal on standard input and output, and there is none"
        + instead
    case .unusable(nil), .unusable(""?):
      return "the explorer needs to know the terminal, but TERM is not set: set it "
        + "(TERM=xterm-256color)" + instead
    case .unusable("dumb"?):
      return "the explorer cannot draw on a terminal with TERM=dumb" + instead
    case .unusable(let term?):
      return "the explorer does not know the terminal TERM=\(term): set TERM to one that this "
        + "system has (xterm-256color), or install ncurses-term" + instead
    case .refused(let text):
      return "the explorer could not start: \(text)" + instead
    }
  }
}
