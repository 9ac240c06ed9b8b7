// All that can happen to the explorer. The terminal layer, the script runner and tests speak to
// it in these values and in nothing else.

import Canvas

/// Something that happened.
public enum Event: Sendable, Equatable {
  case key(KeyPress)
  case mouse(Mouse)
  /// Text came all at once, from a clipboard; it may hold anything.
  case paste(String)
  case resize(Size)
  /// The terminal has no clipboard, or the text was too long for it.
  case copyRefused
  /// Running work is this far, 0...1.
  case progress(Ticket, Double)
  /// Work ended; at most one such event follows each start.
  case finished(Ticket, Work.Result)
}

/// Something that the mouse did.
public struct Mouse: Hashable, Sendable {
  public enum Act: Hashable, Sendable {
    /// The first button went down.
    case press
    /// It went down again at the same spot, soon after.
    case doublePress
    case wheelUp, wheelDown
  }

  public let act: Act
  public let spot: Spot

  public init(_ act: Act, _ spot: Spot) {
    self.act = act
    self.spot = spot
  }
}
