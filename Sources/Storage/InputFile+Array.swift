import Foundations

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
