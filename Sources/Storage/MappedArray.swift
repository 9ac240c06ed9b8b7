import Foundations

/// A one- or two-dimensional .npy array of a workspace, mapped.
///
/// Elements are read by value; every index is checked.
public final class MappedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  // Sound to share: read-only pages, owned by `file`.
  private let file: MappedFile
  /// The elements in C order; valid as long as this value lives.
  public let elements: UnsafeBufferPointer<Element>
  public let shape: [Int]

  /// - Parameters:
  ///   - type: the element type the file must have.
  ///   - shape: the shape it must have; -1 accepts any extent.
  /// - Throws: ``WinnowError`` that names expected and found.
  public init(
    _ path: String, type: NpyType, shape: [Int], of _: Element.Type = Element.self
  ) throws(WinnowError) {
    let header = try NpyHeader(of: InputFile(path))
    guard header.type == type, !header.isFortranOrder else {
      throw damaged(
        path,
        "expected elements \(type) in C order, found \(header.type)"
          + (header.isFortranOrder ? " in Fortran order" : ""))
    }
    guard header.shape.count == shape.count,
      zip(header.shape, shape).allSatisfy({ $1 < 0 || $0 == $1 })
    else {
      throw damaged(
        path, "expected shape \(NpyHeader.text(shape)), found \(NpyHeader.text(header.shape))")
    }
    let file = try MappedFile(path)
    let length = header.count * MemoryLayout<Element>.stride
    let base = file.bytes.baseAddress.map { $0 + header.dataOffset }
    guard file.bytes.count == header.dataOffset + length,
      MemoryLayout<Element>.stride == type.stride,
      header.dataOffset % MemoryLayout<Element>.alignment == 0
    else {
      throw damaged(
        path, "expected \(header.dataOffset + length) aligned bytes, found \(file.bytes.count)")
    }
    elements = UnsafeBufferPointer(
      start: base?.assumingMemoryBound(to: Element.self), count: header.count)
    self.shape = header.shape
    self.file = file
  }

  public var count: Int { elements.count }

  public subscript(index: Int) -> Element {
    precondition(index >= 0 && index < elements.count, "index outside the mapped array")
    return elements[index]
  }
}

/// Opens an array of a workspace, to be read by `pread`.
///
/// - Throws: ``WinnowError`` when it is of another type or shape, or not whole.
public func openArray(
  _ path: String, _ type: NpyType, _ shape: [Int]
) throws(WinnowError) -> InputFile {
  let file = try InputFile(path)
  let header = try NpyHeader(of: file)
  guard header.type == type, header.shape == shape,
    file.size == header.dataOffset + header.count * (type.stride ?? 0)
  else {
    throw WinnowError(
      path: path, fault: "expected \(shape) elements \(type)", remedy: "build again")
  }
  return file
}
