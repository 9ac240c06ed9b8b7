import Canvas

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
