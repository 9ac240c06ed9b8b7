import Foundation
import Foundations
import Storage
import TestSupport
import Testing

/// A file appears whole or not at all.
struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func contents(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder(name))))
  }

  @Test func nothingIsThereBeforeTheCommit() throws {
    try folder.write("a", "old")
    var file = try AtomicFile(folder("a"), capacity: 4)
    try file.write("new, and longer than the buffer")
    #expect(try contents("a") == Array("old".utf8))
    let seal = try file.commit()
    #expect(try contents("a") == Array("new, and longer than the buffer".utf8))
    #expect(try folder.names() == ["a"])
    #expect(seal.size == 31)
    #expect(try seal.digest == Digest.ofFile(folder("a")))
  }

  @Test func finishedIsNotYetInPlace() throws {
    try folder.write("a", "old")
    do {
      var file = try AtomicFile(folder("a"))
      try file.write("new")
      let seal = try file.finish()
      #expect(try contents("a") == Array("old".utf8))
      #expect(try file.finish() == seal)
      #expect(try file.commit() == seal)
      #expect(try seal.digest == Digest.ofFile(folder("a")))
      var dropped = try AtomicFile(folder("a"))
      try dropped.write("newer")
      _ = try dropped.finish()
      _ = consume dropped
    }
    #expect(try contents("a") == Array("new".utf8))
    #expect(try folder.names() == ["a"])
  }

  @Test func droppedWithoutCommit() throws {
    try folder.write("a", "old")
    do {
      var file = try AtomicFile(folder("a"))
      try file.write("half")
      #expect(try folder.names().count == 2)
      _ = consume file
    }
    #expect(try contents("a") == Array("old".utf8))
    #expect(try folder.names() == ["a"])
  }

  @Test func aFullDiskLeavesTheOldFile() throws {
    // /dev/full refuses every byte; the file beside it is a link to it.
    let partial = partialName(folder("a"))
    try folder.write("a", "old")
    try FileManager.default.createSymbolicLink(
      atPath: partial, withDestinationPath: "/dev/full")
    do {
      var file = try AtomicFile(folder("a"), capacity: 4)
      try file.write("more than the buffer holds")
      _ = try file.commit()
      Issue.record("a full disk was written to")
    } catch {
      #expect(error.code == ENOSPC)
      #expect(
        error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
          == "FOLDER/a: cannot write it: no space left on device; free some space or choose "
          + "another disk; no partial file is left behind")
    }
    #expect(try contents("a") == Array("old".utf8))
    #expect(try folder.names() == ["a"])
  }

  @Test func theCommitCanFailToo() throws {
    // A folder in the file's place cannot be replaced by a file.
    try folder.write("a/inside", "old")
    do {
      var file = try AtomicFile(folder("a"))
      _ = try file.commit()
      Issue.record("a folder was replaced")
    } catch {
      #expect(error.code == EISDIR)
    }
    #expect(try contents("a/inside") == Array("old".utf8))
    #expect(try folder.names() == ["a"])
  }

  @Test func missingFolder() throws {
    do {
      _ = try AtomicFile(folder("none/a"))
      Issue.record("a file in a folder that does not exist")
    } catch {
      #expect(
        error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
          == "FOLDER/none/a: cannot write it: no such file or directory; check the path")
    }
  }

  @Test(arguments: [1, 3, 64, 1 << 20])
  func anyBufferGivesTheSameBytes(capacity: Int) throws {
    var file = try AtomicFile(folder("a"), capacity: capacity)
    var expected: [UInt8] = []
    for length in [0, 1, 2, 3, 63, 64, 65, 0, 1000] {
      let part = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
      try file.write(part)
      expected += part
      #expect(file.count == expected.count)
    }
    try file.write(elements: [UInt32(1), 0x0102_0304])
    expected += [1, 0, 0, 0, 4, 3, 2, 1]
    let seal = try file.commit()
    #expect(try contents("a") == expected)
    var digest = Digest()
    digest.update(expected)
    #expect(seal.size == expected.count)
    #expect(seal.digest == digest.hex())
  }

  @Test func wholeFiles() throws {
    #expect(try AtomicFile.write([], to: folder("empty")).size == 0)
    #expect(try contents("empty") == [])
    #expect(try InputFile.contents(of: folder("empty")) == [])
    #expect(try AtomicFile.write([1, 2], to: folder("two")).size == 2)
    #expect(try InputFile.contents(of: folder("two")) == [1, 2])
    #expect(throws: WinnowError.self) { try InputFile.contents(of: folder("two"), limit: 1) }
  }
}

/// SHA-256 by its published examples (FIPS 180-4).
struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func publishedExamples(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    #expect(try Digest.ofFile(folder.write("a", text)) == expected)
    var digest = Digest()
    for byte in text.utf8 { digest.update([byte]) }
    #expect(digest.hex() == expected)
    #expect(digest.hex() == expected)
  }

  @Test func filesLongerThanTheBuffer() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](repeating: 0x61, count: 9 << 20)
    var digest = Digest()
    digest.update(bytes)
    #expect(try Digest.ofFile(folder.write("a", bytes)) == digest.hex())
  }
}
