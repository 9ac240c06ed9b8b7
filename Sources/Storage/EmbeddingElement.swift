/// How one component of an embedding is stored; little endian.
public enum EmbeddingElement: String, Sendable, Equatable, CaseIterable, Codable {
  case float16, float32, float64

  /// Bytes of one component.
  public var stride: Int {
    switch self {
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// The element of a .npy type, or nil when embeddings cannot have it.
  public init?(_ type: NpyType) {
    guard let element = Self.allCases.first(where: { $0.npyType == type }) else { return nil }
    self = element
  }

  /// The .npy type of such components.
  public var npyType: NpyType {
    switch self {
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    }
  }
}
