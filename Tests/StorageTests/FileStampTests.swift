import Foundation
import Foundations
import Storage
import TestSupport
import Testing

struct FileStampTests {
  private func setTime(_ path: String, _ seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
  }

  @Test func aStampDependsOnTheFileAndNotOnItsPlace() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let one = try folder.write("one", bytes)
    let two = try folder.write("other/two", bytes)
    for path in [one, two] { try setTime(path, 1_000_000_000.5) }
    let stamp = try FileStamp(of: one)
    #expect(try FileStamp(of: two) == stamp)
    #expect(stamp.state.size == 3 << 20)
    #expect(stamp.state.modified == "2001-09-09T01:46:40.500000000Z")
    let copy = try JSONDecoder().decode(FileStamp.self, from: JSONEncoder().encode(stamp))
    #expect(copy == stamp)
    /// What is said of the file with another byte at some place and the same time.
    func difference(at place: Int) throws -> String? {
      var other = bytes
      other[place] ^= 1
      let path = try folder.write("two", other)
      try setTime(path, 1_000_000_000.5)
      return stamp.difference(to: try FileStamp(of: path))
    }
    #expect(try difference(at: 5) == "its first MiB has changed")
    #expect(try difference(at: (3 << 20) - 5) == "its last MiB has changed")
    #expect(try difference(at: 3 << 19) == nil)
    try setTime(two, 1_000_000_001)
    #expect(
      stamp.difference(to: try FileStamp(of: two))
        == "its modification time was 2001-09-09T01:46:40.500000000Z and is now "
        + "2001-09-09T01:46:41.000000000Z")
    try folder.write("two", [1, 2])
    #expect(
      stamp.difference(to: try FileStamp(of: folder("two")))
        == "its size was 3145728 bytes and is now 2")
    #expect(throws: WinnowError.self) { try FileStamp(of: folder("none")) }
  }

  @Test func oneHoldsALock() throws {
    let folder = try TemporaryFolder()
    func isFree() throws -> Bool {
      guard let lock = try FileLock(folder("lock")) else { return false }
      _ = consume lock
      return true
    }
    do {
      let lock = try FileLock(folder("lock"))
      #expect(try !isFree())
      #expect(FileLock.holder(folder("lock")) == Int(getpid()))
      _ = consume lock
    }
    #expect(try isFree())
    #expect(FileLock.holder(folder("none")) == nil)
  }
}
