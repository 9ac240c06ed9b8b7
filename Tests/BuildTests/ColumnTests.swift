// Keys, captions and similarities, and the rows by key.

import BuildSupport
import Foundation
import TestSupport
import Testing
import Workspace

struct ColumnTests {
  private func hex(_ number: Int) -> String {
    let digits = String(slowHash(5, UInt64(number)), radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }

  @Test func keysOfHexDigitsAreNumbers() throws {
    let folder = try TemporaryFolder()
    let keys = (0..<40).map { hex($0 % 30) }
    let workspace = try build(folder, keys)
    #expect(workspace.hasHexKeys)
    #expect(workspace.description.columns.keyKind == "hex")
    let file = try contents(below: folder("ws"))["keys/hex.npy"]!
    let expected = keys.flatMap { key in
      [key.prefix(16), key.suffix(16)].map { UInt64($0, radix: 16)! }
    }
    #expect(file.suffix(40 * 16) == rawBytes(expected)[...])
    for row in 0..<40 {
      #expect(workspace.hexKey(row)?.text == keys[row])
    }
    try expectKeys(workspace, keys)
  }

  /// Blocks of metadata have 8,192 rows: the first may go either way, a later one changes the
  /// form of what is written already.
  @Test(arguments: [0, 5, 8191, 8192, 9000, 16_999])
  func aKeyThatIsNoHexNumberMakesAllOfThemText(odd: Int) throws {
    let folder = try TemporaryFolder()
    var keys = (0..<17_000).map { hex($0) }
    // Upper case is another text.
    keys[odd] = keys[odd].dropLast() + "A"
    let workspace = try build(folder, keys, shards: 2)
    #expect(workspace.hasKeys && !workspace.hasHexKeys)
    #expect(workspace.description.columns.keyKind == "text")
    #expect(workspace.hexKey(0) == nil)
    #expect(try folder.names("ws/keys") == ["data.utf8", "offsets.npy"])
    #expect(
      try contents(below: folder("ws"))["keys/data.utf8"] == Array(keys.joined().utf8))
    try expectKeys(workspace, keys)
  }

  @Test func keyOrderIsByBytesAndThenByRow() throws {
    let folder = try TemporaryFolder()
    // The two spellings of one accented letter, ends of others, many bytes, twice the same.
    let keys = ["\u{E9}", "e\u{301}", "b", "a", "b", "ab", "\u{1F600}", "Z", "e", "b", "\u{FFFF}"]
    let workspace = try build(folder, keys)
    try expectKeys(workspace, keys)
    #expect(try workspace.verify() == [])
  }

  @Test func captionsAndSimilarities() throws {
    let folder = try TemporaryFolder()
    let rows = clumpedRows(6, dimensions: 2)
    let input = try folder.clipRetrieval("in", [Array(rows[..<4]), Array(rows[4...])]) { shard in
      shard == 0
        ? "key,caption,similarity\na,\"one, two\",0.5\nb,,\nc,\"x\ny\",-1\nd,d,0\n"
        : "key,caption,similarity\ne,e,nan\nf,\u{E9},1e-3\n"
    }
    let workspace = try folder.build([input], clusters: 2)
    #expect(workspace.hasCaptions && workspace.hasSimilarity)
    #expect(
      try (0..<6).map { try workspace.caption($0) } == [
        "one, two", nil, "x\ny", "d", "e", "\u{E9}",
      ])
    #expect(
      try (0..<6).map { try workspace.similarity($0) } == [0.5, nil, -1, 0, nil, 1e-3])
    #expect(try NpyArray(folder("ws/similarity.npy")).doubles()[1].isNaN)
    #expect(try workspace.verify() == [])
  }

  @Test func withoutMetadataTheKeyIsTheRow() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.build([folder.shard("a", clumpedRows(9, dimensions: 2))])
    #expect(!workspace.hasKeys && !workspace.hasCaptions && !workspace.hasSimilarity)
    #expect(try workspace.key(7) == "7")
    #expect(try workspace.caption(7) == nil)
    #expect(try workspace.similarity(7) == nil)
    #expect(try workspace.keyOrder() == nil)
    #expect(workspace.hexKey(7) == nil)
  }

  @Test func hexKeysAreExactly32LowerCaseDigits() {
    let text = "0123456789abcdef00000000ffffffff"
    let key = HexKey(Array(text.utf8)[...])
    #expect(key == HexKey(high: 0x0123_4567_89AB_CDEF, low: 0xFFFF_FFFF))
    #expect(key?.text == text)
    for other in [String(text.dropLast()), text + "0", text.uppercased(), "g" + text.dropLast()] {
      #expect(HexKey(Array(other.utf8)[...]) == nil, "\(other)")
    }
    #expect(HexKey(high: 1, low: 0) > HexKey(high: 0, low: .max))
    #expect(HexKey(high: 1, low: 1) < HexKey(high: 1, low: 2))
  }

  private func build(
    _ folder: TemporaryFolder, _ keys: [String], shards: Int = 1
  ) throws -> OpenWorkspace {
    let rows = clumpedRows(keys.count, dimensions: 2)
    let size = (keys.count + shards - 1) / shards
    let cuts = stride(from: 0, to: keys.count, by: size).map { $0..<min($0 + size, keys.count) }
    let input = try folder.clipRetrieval("in", cuts.map { Array(rows[$0]) }) { shard in
      "uid\n" + keys[cuts[shard]].map { $0 + "\n" }.joined()
    }
    return try folder.build([input], clusters: 3)
  }

  private func expectKeys(_ workspace: OpenWorkspace, _ keys: [String]) throws {
    for (row, key) in keys.enumerated() {
      let found = try workspace.key(row)
      #expect(found.utf8.elementsEqual(key.utf8))
    }
    let expected = keys.indices.sorted {
      let (a, b) = (Array(keys[$0].utf8), Array(keys[$1].utf8))
      return a == b ? $0 < $1 : a.lexicographicallyPrecedes(b)
    }
    let order = try #require(try workspace.keyOrder())
    #expect(try (0..<order.count).map { try order.row($0) } == expected)
  }
}
