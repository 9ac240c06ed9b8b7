/// Gives `body` the elements' own bytes; unlike `withUnsafeBytes` it passes on a typed error.
@inlinable
public func withBytes<Element: BitwiseCopyable, Result>(
  of elements: [Element], _ body: (UnsafeRawBufferPointer) throws(WinnowError) -> Result
) throws(WinnowError) -> Result {
  try elements.withUnsafeBufferPointer { (elements) throws(WinnowError) in
    try body(UnsafeRawBufferPointer(elements))
  }
}
