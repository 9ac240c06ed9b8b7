// Memory of one owner: allocated once, freed once.  Kernels in C take its address, everything else its
// elements, which are checked.

/// A fixed number of elements at a multiple of 64 bytes, freed with their owner.
public struct OwnedBuffer<Element: BitwiseCopyable>: ~Copyable {
  // Sound: only this value, which cannot be copied, frees the memory, and every access to an element
  // is checked against `count`.
  public let count: Int
  /// The address of the first element, for kernels.  It is valid as long as the buffer: whoever uses
  /// it keeps the owner alive and stays within `count` elements.
  public let pointer: UnsafeMutablePointer<Element>

  /// Elements that mean nothing until they are written; pages that nobody touches take no memory.
  @inlinable
  public init(uninitialized count: Int) {
    precondition(count >= 0)
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Element.self, capacity: max(1, count))
  }

  @inlinable
  public init(repeating element: Element, count: Int) {
    self.init(uninitialized: count)
    pointer.initialize(repeating: element, count: count)
  }

  @inlinable
  deinit { pointer.deallocate() }

  @inlinable
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return pointer[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      pointer[index] = newValue
    }
  }

  /// Lets `body` change some elements, which it reaches as 0 and on.
  @inlinable
  public func withMutableSpan<Result>(
    _ range: Range<Int>, _ body: (inout MutableSpan<Element>) -> Result
  ) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let part = UnsafeMutableBufferPointer(start: pointer + range.lowerBound, count: range.count)
    var span = part.mutableSpan
    return body(&span)
  }

  /// The address of some elements, for kernels.
  @inlinable
  public func pointer(to range: Range<Int>) -> UnsafeMutablePointer<Element> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return pointer + range.lowerBound
  }

  @inlinable
  public func elements(_ range: Range<Int>) -> [Element] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Array(UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count))
  }

  @inlinable
  public var elements: [Element] { elements(0..<count) }
}

/// A buffer that several threads use at the same time, each its own elements.
///
/// Not synchronised: while one thread writes an element, no other may touch it.
public final class SharedBuffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  // Sound to share under the rule above.
  public let memory: OwnedBuffer<Element>

  @inlinable
  public var count: Int { memory.count }

  /// See ``OwnedBuffer/init(uninitialized:)``.
  @inlinable
  public init(uninitialized count: Int) { memory = OwnedBuffer(uninitialized: count) }

  @inlinable
  public init(repeating element: Element, count: Int) {
    memory = OwnedBuffer(repeating: element, count: count)
  }

  @inlinable
  public convenience init(_ elements: [Element]) {
    self.init(uninitialized: elements.count)
    for index in elements.indices { memory[index] = elements[index] }
  }

  @inlinable
  public subscript(index: Int) -> Element {
    get { memory[index] }
    set { memory[index] = newValue }
  }

  @inlinable
  public var elements: [Element] { memory.elements }
}
