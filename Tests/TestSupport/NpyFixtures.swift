// .npy files as the tests want them, also wrong ones: written from the format's description and
// not by the program's own writer.

/// The bytes of a version 1 .npy file whose header says just what is given.
public func npyFile(
  descr: String, shape: String, fortranOrder: Bool = false, data: [UInt8]
) -> [UInt8] {
  var text =
    "{'descr': \(descr), 'fortran_order': \(fortranOrder ? "True" : "False"), 'shape': \(shape), }"
  while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
  text += "\n"
  let length = text.utf8.count
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length % 256), UInt8(length / 256)]
    + Array(text.utf8) + data
}

/// The bytes of elements as they lie in memory.
public func rawBytes<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] {
  elements.withUnsafeBytes { [UInt8]($0) }
}

/// A float32 array of shape (rows, dimensions) as a .npy file; nil values count up from 0.
public func npyFile(rows: Int, dimensions: Int, values: [Float]? = nil) -> [UInt8] {
  let values = values ?? (0..<rows * dimensions).map { Float($0) }
  precondition(values.count == rows * dimensions)
  return npyFile(descr: "'<f4'", shape: "(\(rows), \(dimensions))", data: rawBytes(values))
}
