// Archives that numpy and Python write, and archives that nobody should write.

import Foundation
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: testPython() != nil, "WINNOW_TEST_PYTHON names no Python with numpy"))
struct ZipArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What is in a member, read in pieces of `piece` bytes; nil where there is none.
  private func contents(
    _ name: String, of path: String, piece: Int = 1 << 16
  ) throws -> [UInt8]? {
    let file = try InputFile(path)
    guard let member = try ZipArchive(of: file).member(name, in: file) else { return nil }
    if member.method == .stored {
      return try file.elements(member.size, at: member.dataOffset)
    }
    let stream = try MemberInflation(member, of: path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
    defer { buffer.deallocate() }
    var found: [UInt8] = []
    while true {
      let count = try stream.read(into: buffer)
      found += buffer[..<count]
      if count < piece { return found }
    }
  }

  /// What the directory says of a member; nil where that is refused.
  private func member(_ name: String, of path: String) -> ZipMember? {
    do {
      let file = try InputFile(path)
      return try ZipArchive(of: file).member(name, in: file)
    } catch { return nil }
  }

  private func complaint(_ name: String = "a.npy", _ path: String = "x.npz") -> String {
    do {
      _ = try contents(name, of: folder(path))
      return "no error"
    } catch { return "\(error)".replacingOccurrences(of: folder.path, with: "FOLDER") }
  }

  /// Writes `x.npz` with Python's zipfile, then changes its bytes.
  private func archive(_ script: String, _ change: (inout [UInt8]) -> Void = { _ in }) throws {
    _ = try runPython(
      """
      import sys, zipfile, numpy as np
      path = sys.argv[1]
      \(script)
      """, [folder("x.npz")])
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("x.npz"))))
    change(&bytes)
    try folder.write("x.npz", bytes)
  }

  @Test(arguments: ["savez", "savez_compressed"])
  func whatNumpyWrites(function: String) throws {
    _ = try runPython(
      """
      import sys, numpy as np
      rows = np.random.default_rng(5).integers(0, 40, 300_000).astype('<u2')
      np.\(function)(sys.argv[1] + '/x.npz', first=rows, empty=rows[:0], last=rows[::-1].copy())
      for name, array in [('first', rows), ('empty', rows[:0]), ('last', rows[::-1].copy())]:
        np.save(sys.argv[1] + '/' + name + '.npy', array)
      """, [folder.path])
    for name in ["first", "empty", "last"] {
      let expected = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder(name + ".npy"))))
      for piece in [7, 4096, 1 << 20] {
        #expect(try contents(name + ".npy", of: folder("x.npz"), piece: piece) == expected)
      }
    }
    #expect(try contents("other.npy", of: folder("x.npz")) == nil)
  }

  /// Archives of random sizes and ways to write them, against Python's own reading.
  @Test(arguments: 0..<12)
  func whatPythonReads(seed: Int) throws {
    _ = try runPython(
      """
      import sys, random, zipfile
      random.seed(int(sys.argv[2]))
      small = random.random() < 0.5
      if small: zipfile.ZIP64_LIMIT = random.choice([10, 1000])
      class Stream:
        def __init__(self, file): self.file = file
        def write(self, data): return self.file.write(data)
        def flush(self): self.file.flush()
      file = open(sys.argv[1] + '/x.npz', 'wb')
      with zipfile.ZipFile(random.choice([file, Stream(file)]), 'w') as archive:
        for number in range(random.randrange(1, 6)):
          data = bytes(random.choices(range(random.choice([1, 3, 256])),
                                      k=random.choice([0, 1, 100, 70000])))
          method = random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
          with archive.open(zipfile.ZipInfo(f'{number}.npy'), 'w',
                            force_zip64=small or random.random() < 0.5) as member:
            member._compress_type = method
            member.write(data)
        archive.comment = b'PK' * random.randrange(30)
      file.close()
      with zipfile.ZipFile(sys.argv[1] + '/x.npz') as archive:
        for name in archive.namelist():
          open(sys.argv[1] + '/' + name, 'wb').write(archive.read(name))
      """, [folder.path, "\(seed)"])
    let path = folder("x.npz")
    let names = try ZipArchive(of: InputFile(path)).names
    #expect(!names.isEmpty && names == (0..<names.count).map { "\($0).npy" })
    for name in names {
      let expected = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder(name))))
      #expect(try contents(name, of: path, piece: 1 + 997 * seed) == expected, "\(name)")
    }
  }

  /// Whatever is cut off or flipped: an error, or the bytes that were meant.
  @Test(arguments: ["savez", "savez_compressed"])
  func damageIsNeverReadAsSomethingElse(function: String) throws {
    try archive("np.\(function)(path, a=np.arange(64, dtype='<f4'))")
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("x.npz"))))
    let expected = try #require(try contents("a.npy", of: folder("x.npz")))
    var refused = 0
    for bit in stride(from: 0, to: 8 * whole.count, by: 3) {
      var bytes = whole
      let mask: UInt8 = 1 << UInt8(bit % 8)
      bytes[bit / 8] ^= mask
      try folder.write("y.npz", bytes)
      // A stored member's checksum is compared by who reads all of it.
      guard let member = member("a.npy", of: folder("y.npz")) else {
        refused += 1
        continue
      }
      if let found = try? contents("a.npy", of: folder("y.npz")) {
        if found == expected { continue }
        var checksum = CRC32()
        found.withUnsafeBytes { checksum.update($0) }
        #expect(checksum.value != member.checksum, "bit \(bit)")
      }
      refused += 1
    }
    #expect(refused > whole.count)
    for length in 0..<whole.count {
      try folder.write("y.npz", Array(whole[..<length]))
      #expect(complaint("a.npy", "y.npz").contains("FOLDER/y.npz: "), "\(length) bytes")
    }
  }

  @Test func notAnArchive() throws {
    try folder.write("x.npz", "PK\u{3}\u{4} and then something else")
    #expect(
      complaint()
        == "FOLDER/x.npz: expected a zip archive (.npz), found no directory at its end; it is "
        + "truncated or not an archive: fetch or write it again")
  }

  private static let localMark: [UInt8] = [0x50, 0x4B, 3, 4]
  private static let directoryMark: [UInt8] = [0x50, 0x4B, 1, 2]

  /// The places of a mark.
  private func places(of mark: [UInt8], in bytes: [UInt8]) -> [Int] {
    (0..<bytes.count - 3).filter { place in bytes[place...].starts(with: mark) }
  }

  /// Replaces a size in both headers of the one member of `x.npz`.
  private func promise(_ size: Int, in bytes: inout [UInt8]) {
    let local = places(of: Self.localMark, in: bytes).map { $0 + 22 }
    let directory = places(of: Self.directoryMark, in: bytes).map { $0 + 24 }
    let digits: [UInt8] = withUnsafeBytes(of: UInt32(size)) { Array($0) }
    for place in local + directory { bytes.replaceSubrange(place..<place + 4, with: digits) }
  }

  private let deflated =
    "with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('a.npy', bytes(100000))"

  @Test func aDeflateBombIsRefused() throws {
    // Inflates beyond what it says.
    try archive(deflated) { promise(5000, in: &$0) }
    #expect(
      complaint()
        == "FOLDER/x.npz: member a.npy: expected 5000 bytes, as the archive says, found more; it "
        + "is damaged or forged: fetch or write it again")
    // Says more than it has.
    try archive(deflated) { promise(100_001, in: &$0) }
    #expect(complaint().contains("member a.npy: expected 100001 bytes, found only 100000"))
    // Says what no deflated data can become.
    try archive(deflated) { promise(2_000_000_000, in: &$0) }
    #expect(complaint().contains("which cannot inflate to the 2000000000 that its header states"))
  }

  @Test func wrongChecksum() throws {
    try archive(deflated) { bytes in
      let place = places(of: Self.directoryMark, in: bytes)[0] + 16
      bytes[place] ^= 1
    }
    #expect(
      complaint()
        == "FOLDER/x.npz: member a.npy: its bytes do not match the CRC-32 in the archive; it is "
        + "damaged: fetch or write it again")
  }

  @Test func otherMethodsAndTwins() throws {
    try archive(
      "with zipfile.ZipFile(path, 'w', zipfile.ZIP_LZMA) as z: z.writestr('a.npy', bytes(1000))")
    #expect(complaint().contains("the member a.npy stored or deflated, found it compressed by me"))
    try archive(
      "import warnings; warnings.simplefilter('ignore')\n"
        + "with zipfile.ZipFile(path, 'w') as z: z.writestr('a.npy', b'1'); z.writestr('a.npy', b'2')"
    )
    #expect(complaint().contains("expected one member a.npy, found 2"))
    try archive(deflated) { bytes in
      let place = places(of: Self.directoryMark, in: bytes)[0] + 8
      bytes[place] |= 1
    }
    #expect(complaint().contains("found it encrypted"))
  }

  @Test func checksumOfKnownBytes() {
    var checksum = CRC32()
    #expect(checksum.value == 0)
    Array("123456789".utf8).withUnsafeBytes { bytes in
      checksum.update(UnsafeRawBufferPointer(rebasing: bytes[..<4]))
      checksum.update(UnsafeRawBufferPointer(rebasing: bytes[4..<4]))
      checksum.update(UnsafeRawBufferPointer(rebasing: bytes[4...]))
    }
    // The check value of CRC-32/ISO-HDLC.
    #expect(checksum.value == 0xCBF4_3926)
  }
}
