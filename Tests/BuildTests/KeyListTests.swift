// Lists of keys that do not fit the memory they may take, and lists that are none.

import Build
import BuildSupport
import Foundation
import Storage
import TestSupport
import Testing

struct KeyListTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// `keys/` of some keys, all of the same form.
  private func column(_ keys: [String], isHex: Bool) throws -> (folder: String, kind: String) {
    let place = folder("keys")
    if isHex {
      let halves = keys.flatMap { key -> [UInt64] in
        [UInt64(key.prefix(16), radix: 16)!, UInt64(key.suffix(16), radix: 16)!]
      }
      try folder.write(
        "keys/hex.npy",
        npyFile(
          descr: "[('f0', '<u8'), ('f1', '<u8')]", shape: "(\(keys.count),)", data: rawBytes(halves)
        ))
      return (place, "hex")
    }
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    var writer = try StringColumnWriter(folder: place, rows: keys.count)
    for key in keys { try writer.append(key) }
    _ = try writer.commit()
    return (place, "text")
  }

  private func search(
    _ list: String, _ keys: (folder: String, kind: String)?, rows: Int, memory: Int,
    threads: Int = 1
  ) throws -> (rows: [Int], counts: KeyListCounts) {
    let (bits, counts) = try KeyListSearch(
      file: KeyListFile(flag: "--allow", path: list), rows: rows, keys: keys, memory: memory,
      threads: threads, isCancelled: { false }
    ).run()
    return ((0..<rows).filter { bits[$0] }, counts)
  }

  /// However little memory there is, a list has the rows that a set has; keys that several rows share,
  /// too.
  @Test(arguments: [true, false], [1 << 30, 20_000, 700, 1])
  func anyMemoryGivesTheSame(isHex: Bool, memory: Int) throws {
    var random = SeededRandom(UInt64(memory))
    func key() -> String {
      let number = String(UInt16.random(in: 0..<3000, using: &random), radix: 16)
      return isHex
        ? String(repeating: "0", count: 32 - number.count) + number
        : String(repeating: "/x", count: Int(number, radix: 16)! % 9) + number
    }
    // More than one block of rows.
    let rows = memory == 1 ? 200 : 70_000
    let keys = (0..<rows).map { _ in key() }
    let listed = (0..<(memory == 1 ? 30 : 1000)).map { _ in key() } + ["no key", "no key"]
    let list = try folder.write("list.txt", listed.joined(separator: "\n"))
    let wanted = Set(listed)
    let found = Set(keys)
    let answer = try search(
      list, column(keys, isHex: isHex), rows: rows, memory: memory, threads: 2)
    #expect(answer.rows == keys.indices.filter { wanted.contains(keys[$0]) })
    #expect(answer.counts.keys == wanted.count)
    #expect(answer.counts.unknown == wanted.subtracting(found).count)
  }

  @Test(arguments: [1, 2, 7, 1000])
  func turnsShareTheKeysEvenly(turns: Int) {
    var random = SeededRandom(3)
    var counts = [Int](repeating: 0, count: turns)
    for _ in 0..<100 * turns {
      counts[KeyListSearch.turn(of: random.next(), among: turns)] += 1
    }
    #expect(counts.min()! > 50 && counts.max()! < 150)
  }

  @Test func caseCountsUnlessAllKeysAreHexadecimal() throws {
    let keys = ["Ab", "ab", "AB"]
    let list = try folder.write("list.txt", "AB\n")
    #expect(try search(list, column(keys, isHex: false), rows: 3, memory: 1 << 20).rows == [2])
  }

  /// Keys that end beyond what is read at once, and a last line without an end.
  @Test func longLines() throws {
    let long = (0..<20).map { String(repeating: "\($0) ", count: 150_000) }
    let keys = try column(long, isHex: false)
    let list = try folder.write("list.txt", long[3...17].joined(separator: "\r\n"))
    let answer = try search(list, keys, rows: 20, memory: 1 << 20)
    #expect(answer.rows == Array(3...17) && answer.counts.unknown == 0)
    let huge = try folder.write("huge.txt", "a\n" + String(repeating: "b", count: 9 << 20))
    let message = refusal { _ = try search(huge, keys, rows: 20, memory: 1 << 20) }
    #expect(
      message
        == "\(huge), line 2: expected a key of at most 1048576 bytes, found a longer line; write "
        + "one key per line")
  }

  @Test func emptyAndBinaryFiles() throws {
    let keys = try column(["a"], isHex: false)
    for text in ["", "\n\r\n\n", "\u{FEFF}"] {
      let answer = try search(folder.write("empty.txt", text), keys, rows: 1, memory: 1 << 20)
      #expect(answer.rows == [] && answer.counts == KeyListCounts())
    }
    let array = try folder.write("rows.npy", npyFile(rows: 2, dimensions: 2))
    #expect(
      refusal { _ = try search(array, keys, rows: 1, memory: 1 << 20) }
        == "\(array): expected a text file with one key per line for --allow, found binary data; "
        + "winnow export --format text writes such a list")
  }
}
