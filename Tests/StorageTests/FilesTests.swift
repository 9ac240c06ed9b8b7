import Foundation
import Foundations
import Storage
import TestSupport
import Testing

/// Reading at any place, mapped arrays, folders.
struct FilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func complaint(_ body: () throws -> Void) -> String {
    do { try body() } catch let error as WinnowError {
      return error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
    } catch { return "another kind of error: \(error)" }
    return "no error"
  }

  @Test func readingAtAnyPlace() throws {
    let file = try InputFile(folder.write("a", (0..<100).map { UInt8($0) }))
    #expect(file.size == 100)
    var buffer = [UInt8](repeating: 0, count: 10)
    try buffer.withUnsafeMutableBytes { try file.readExactly(into: $0, at: 42) }
    #expect(buffer == Array(42..<52))
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 95) } == 5)
    #expect(buffer[..<5] == [95, 96, 97, 98, 99])
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 100) } == 0)
    #expect(
      complaint { try buffer.withUnsafeMutableBytes { try file.readExactly(into: $0, at: 95) } }
        == "FOLDER/a: expected 10 bytes at byte 95, found 5: it is truncated; fetch or write it "
        + "again")
  }

  @Test func notAFile() throws {
    try folder.write("in/a", "x")
    #expect(
      complaint { _ = try InputFile(folder("in")) }
        == "FOLDER/in: expected a file, found a folder; name a file inside it")
    #expect(
      complaint { _ = try InputFile(folder("none")) }
        == "FOLDER/none: cannot open it: no such file or directory; check the path")
    #expect(
      complaint { _ = try InputFile(folder("in/a/b")) }
        == "FOLDER/in/a/b: cannot open it: not a directory")
  }

  @Test func mappedArrays() throws {
    let path = try folder.write("a.npy", npyFile(rows: 3, dimensions: 2))
    let array = try MappedArray<Float>(path, type: .float32, shape: [-1, 2])
    #expect(array.shape == [3, 2])
    #expect(array.count == 6)
    #expect((0..<6).map { array[$0] } == [0, 1, 2, 3, 4, 5])
    let empty = try folder.write("b.npy", npyFile(rows: 0, dimensions: 2))
    #expect(try MappedArray<Float>(empty, type: .float32, shape: [0, 2]).count == 0)
  }

  @Test func mappedArraysOfAnotherKind() throws {
    let path = try folder.write("a.npy", npyFile(rows: 3, dimensions: 2))
    let damaged = "; the workspace is damaged: build it again"
    #expect(
      complaint { _ = try MappedArray<UInt32>(path, type: .uint32, shape: [-1, 2]) }
        == "FOLDER/a.npy: expected elements '<u4' in C order, found '<f4'" + damaged)
    #expect(
      complaint { _ = try MappedArray<Float>(path, type: .float32, shape: [6]) }
        == "FOLDER/a.npy: expected shape (6,), found (3, 2)" + damaged)
    try folder.write(
      "a.npy",
      npyFile(
        descr: "'<f4'", shape: "(3, 2)", fortranOrder: true, data: Array(repeating: 0, count: 24)))
    #expect(
      complaint { _ = try MappedArray<Float>(path, type: .float32, shape: [3, 2]) }
        == "FOLDER/a.npy: expected elements '<f4' in C order, found '<f4' in Fortran order"
        + damaged)
    // An element that does not begin where it must for its alignment.
    var bytes = npyFile(descr: "'<f4'", shape: "(1,)", data: Array(repeating: 0, count: 4))
    bytes.insert(0x20, at: bytes.count - 5)
    bytes[8] += 1
    try folder.write("a.npy", bytes)
    #expect(
      complaint { _ = try MappedArray<Float>(path, type: .float32, shape: [1]) }
        == "FOLDER/a.npy: expected 133 aligned bytes, found 133" + damaged)
  }

  @Test func folders() throws {
    try makeFolder(folder("a/b/c"), parents: true)
    try makeFolder(folder("a/b/c"))
    #expect(pathKind(folder("a/b/c")) == .folder)
    try folder.write("a/b/c/10", "x")
    try folder.write("a/b/c/9", "xyz")
    #expect(try namesInFolder(folder("a/b/c")) == ["10", "9"])
    #expect(pathKind(folder("a/b/c/9")) == .file)
    #expect(fileSize(folder("a/b/c/9")) == 3)
    #expect(fileSize(folder("a/b/c/8")) == nil)
    #expect(pathKind(folder("a/b/c/8")) == .nothing)
    #expect(
      complaint { try makeFolder(folder("x/y")) }
        == "FOLDER/x/y: cannot create the folder: no such file or directory; check the path")
    #expect(
      complaint { _ = try namesInFolder(folder("x")) }
        == "FOLDER/x: cannot list the folder: no such file or directory; check the path")
    #expect(complaint { try makeFolder(folder("a/b/c/9"), parents: true) } != "no error")
  }

  @Test func removingDoesNotFollowLinks() throws {
    try folder.write("keep/a", "x")
    try folder.write("gone/deep/b", "x")
    try FileManager.default.createSymbolicLink(
      atPath: folder("gone/link"), withDestinationPath: folder("keep"))
    try removeTree(folder("gone"))
    try removeTree(folder("gone"))
    #expect(try folder.names() == ["keep"])
    #expect(try folder.names("keep") == ["a"])
  }

  @Test func partsOfPaths() {
    #expect(["a/b", "/a", "a", "/", "a/b/"].map(parentFolder) == ["a", "/", ".", "/", "a/b"])
    #expect(["a/b", "/a", "a", "/", "a/b/"].map(lastComponent) == ["b", "a", "a", "/", "b"])
  }
}
