/// Something that the mouse did.
public struct Mouse: Hashable, Sendable {
  public enum Act: Hashable, Sendable {
    /// The first button went down.
    case press
    /// It went down again at the same place, soon after.
    case doublePress
    case wheelUp, wheelDown
  }

  public let act: Act
  public let place: Place

  public init(_ act: Act, _ place: Place) {
    self.act = act
    self.place = place
  }
}
