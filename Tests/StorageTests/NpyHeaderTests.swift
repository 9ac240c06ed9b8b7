import Foundation
import Storage
import TestSupport
import Testing

/// Headers are numpy's, byte for byte, and damaged ones are refused.
struct NpyHeaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A line of the fixture that numpy made.
  private struct Expected {
    let type: NpyType
    let shape: [Int]
    let bytes: [UInt8]
  }

  private func fixture() throws -> [Expected] {
    let path = packageRoot() + "/Tests/Fixtures/npy_headers.tsv"
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      let fields = parts[0].split(separator: ";").map { $0.split(separator: ":") }
      let type: NpyType =
        fields[0].count == 1
        ? .scalar(String(parts[0]))
        : .fields(fields.map { NpyField(name: String($0[0]), type: String($0[1])) })
      var digits = parts[2][...]
      var bytes: [UInt8] = []
      while !digits.isEmpty {
        bytes.append(UInt8(digits.prefix(2), radix: 16)!)
        digits = digits.dropFirst(2)
      }
      return Expected(
        type: type, shape: parts[1].split(separator: ",").map { Int($0)! }, bytes: bytes)
    }
  }

  @Test func writtenAsNumpyWritesThem() throws {
    let lines = try fixture()
    #expect(lines.count == 110)
    for line in lines {
      #expect(
        NpyHeader.bytes(line.type, shape: line.shape) == line.bytes, "\(line.type) \(line.shape)")
    }
  }

  @Test func readAsNumpyWroteThem() throws {
    for line in try fixture() {
      let count = line.shape.reduce(1, *)
      guard count <= 1 << 20 else { continue }
      let data = [UInt8](repeating: 0, count: count * line.type.stride!)
      let path = try folder.write("a.npy", line.bytes + data)
      let header = try NpyHeader(of: InputFile(path))
      #expect(header.type == line.type)
      #expect(header.shape == line.shape)
      #expect(!header.isFortranOrder)
      #expect(header.dataOffset == line.bytes.count)
      #expect(header.count == count)
    }
  }

  @Test func laterVersionsAndOtherSpellings() throws {
    let text = "{\"shape\":(2,),'fortran_order' : True, 'descr':'<f4'}"
    let length = UInt8(text.utf8.count)
    for version in [UInt8(2), 3] {
      let bytes =
        [0x93] + Array("NUMPY".utf8) + [version, 0, length, 0, 0, 0] + Array(text.utf8)
        + [UInt8](repeating: 0, count: 8)
      let header = try NpyHeader(of: InputFile(try folder.write("a.npy", bytes)))
      #expect(header.shape == [2])
      #expect(header.isFortranOrder)
      #expect(header.dataOffset == 12 + Int(length))
    }
  }

  private func complaint(_ bytes: [UInt8]) throws -> String {
    let path = try folder.write("a.npy", bytes)
    do { _ = try NpyHeader(of: InputFile(path)) } catch {
      return error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
    }
    return "no error"
  }

  @Test(arguments: [[], [0x93], Array("\u{93}NUMPY".utf8), Array("PK, a zip archive".utf8)])
  func notNumpy(bytes: [UInt8]) throws {
    #expect(
      try complaint(bytes)
        == "FOLDER/a.npy: expected a .npy file, found one without numpy's magic bytes; write it "
        + "with numpy.save")
  }

  @Test func versionsThatDoNotExist() throws {
    for version in [UInt8(0), 4, 255] {
      var bytes = npyFile(rows: 1, dimensions: 1)
      bytes[6] = version
      #expect(
        try complaint(bytes)
          == "FOLDER/a.npy: expected .npy version 1 to 3, found \(version).0; write it with "
          + "numpy.save")
    }
  }

  @Test func headersLongerThanTheFile() throws {
    #expect(
      try complaint(Array(npyFile(rows: 1, dimensions: 1)[..<100]))
        == "FOLDER/a.npy: expected a header of 118 bytes, found a file of 100; it is truncated or "
        + "damaged: fetch or write it again")
  }

  @Test(arguments: [
    ("'<f4'", "2, 2"), ("'<f4'", "(2, 2.5)"), ("'<f4'", "(2, 'a')"), ("'<f4'", "(2"),
    ("'<f4'", "None"), ("7", "(2,)"), ("[('a', '<f4'), 3]", "(2,)"), ("'<f4", "(2,)"),
    ("__import__('os')", "(2,)"),
    ("'<f4'", String(repeating: "(", count: 100) + String(repeating: ")", count: 100)),
    ("'<f4'", "(99999999999999999999,)"),
  ])
  func notNumpysDictionary(descr: String, shape: String) throws {
    #expect(
      try complaint(npyFile(descr: descr, shape: shape, data: []))
        == "FOLDER/a.npy: its header is not numpy's dictionary of descr, fortran_order and shape; "
        + "write it with numpy.save")
  }

  @Test(arguments: [
    ("'O'", "(2,)", "'O', [2]"), ("'<f4'", "(-2, 3)", "'<f4', [-2, 3]"),
    ("'<f4'", "(4611686018427387904, 4)", "'<f4', [4611686018427387904, 4]"),
  ])
  func sizesThatCannotBe(descr: String, shape: String, shown: String) throws {
    #expect(
      try complaint(npyFile(descr: descr, shape: shape, data: []))
        == "FOLDER/a.npy: its header has an unusable element type or shape: \(shown)")
  }

  @Test func tooShortAndTooLong() throws {
    let whole = npyFile(rows: 3, dimensions: 2)
    #expect(
      try complaint(Array(whole.dropLast()))
        == "FOLDER/a.npy: expected 152 bytes for shape (3, 2) of '<f4', found 151; it is "
        + "truncated: fetch or write it again")
    #expect(
      try complaint(whole + [0])
        == "FOLDER/a.npy: expected 152 bytes for shape (3, 2) of '<f4', found 153; it has extra "
        + "bytes after the array")
  }

  @Test func anyDamageIsAnErrorAndNoTrap() throws {
    let whole = npyFile(descr: "[('a', '<u8'), ('b', '<f8')]", shape: "(2,)", data: Array(0..<32))
    for position in 0..<128 {
      for value in [UInt8(0), 0x27, 0x28, 0x39, 0x7D, 0xFF] {
        var bytes = whole
        bytes[position] = value
        let path = try folder.write("a.npy", bytes)
        // Whatever is accepted must fit the file.
        if let header = try? NpyHeader(of: InputFile(path)) {
          #expect(header.dataOffset + header.count * header.type.stride! == bytes.count)
        }
      }
    }
  }
}
