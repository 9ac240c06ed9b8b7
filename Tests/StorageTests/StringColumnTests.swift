import Foundation
import Foundations
import Storage
import TestSupport
import Testing

/// String columns give back what was written, and say so when they cannot.
struct StringColumnTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ rows: [String]) throws {
    var writer = try StringColumnWriter(folder: folder.path, rows: rows.count)
    for (index, row) in rows.enumerated() {
      if index % 2 == 0 {
        try writer.append(row)
      } else {
        try writer.append(bytes: Array(row.utf8), offsets: [0, row.utf8.count])
      }
    }
    let seals = try writer.commit()
    #expect(try seals.data.digest == Digest.ofFile(folder("data.utf8")))
    #expect(try seals.offsets.digest == Digest.ofFile(folder("offsets.npy")))
  }

  @Test(arguments: [0, 1, 3, 8191, 8192, 20_000])
  func roundTrip(count: Int) throws {
    let pieces = ["", "a", "é🎨", "\0\n\"", "a longer text of some words", ""]
    let rows = (0..<count).map { pieces[$0 % pieces.count] + ($0 % 7 == 0 ? "\($0)" : "") }
    try write(rows)
    let column = try StringColumn(folder: folder.path, rows: count)
    for (index, row) in rows.enumerated() {
      try #require(try column.text(index) == row)
      try #require(try Array(column.bytes(index)) == Array(row.utf8))
    }
    let offsets = try NpyArray(folder("offsets.npy"))
    #expect(offsets.shape == [count + 1])
    #expect(offsets.fields[0].code == "u8")
    #expect(offsets.integers().last == rows.reduce(0) { $0 + $1.utf8.count })
  }

  @Test func blocksOfRows() throws {
    var writer = try StringColumnWriter(folder: folder.path, rows: 6)
    try writer.append("zero")
    try writer.append(bytes: Array("onetwo".utf8), offsets: [0, 3, 3, 6])
    try writer.append(bytes: [], offsets: [0])
    try writer.append(bytes: [], offsets: [0, 0])
    try writer.append("end")
    _ = try writer.commit()
    let column = try StringColumn(folder: folder.path, rows: 6)
    #expect(try (0..<6).map { try column.text($0) } == ["zero", "one", "", "two", "", "end"])
  }

  @Test func nothingAppearsBeforeTheCommit() throws {
    do {
      var writer = try StringColumnWriter(folder: folder.path, rows: 2)
      try writer.append("a")
      _ = consume writer
    }
    #expect(try folder.names() == [])
  }

  private func complaint(_ body: () throws -> Void) -> String {
    do { try body() } catch let error as WinnowError {
      return error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
    } catch { return "another kind of error: \(error)" }
    return "no error"
  }

  private func writeOffsets(_ offsets: [UInt64]) throws {
    try folder.write(
      "offsets.npy",
      npyFile(descr: "'<u8'", shape: "(\(offsets.count),)", data: rawBytes(offsets)))
  }

  @Test func damagedEnds() throws {
    try write(["ab", "cd", "ef"])
    for offsets: [UInt64] in [[1, 2, 4, 6], [0, 2, 4, 5], [0, 2, 4, 7]] {
      try writeOffsets(offsets)
      #expect(
        complaint { _ = try StringColumn(folder: folder.path, rows: 3) }
          == "FOLDER/offsets.npy: expected offsets from 0 to 6, the size of data.utf8, found "
          + "\(offsets[0]) to \(offsets[3]); the workspace is damaged: build it again")
    }
  }

  @Test func damagedRows() throws {
    try write(["ab", "cd", "ef"])
    try writeOffsets([0, 5, 4, 6])
    let column = try StringColumn(folder: folder.path, rows: 3)
    #expect(try column.text(0) == "abcde")
    #expect(
      complaint { _ = try column.text(1) }
        == "FOLDER/data.utf8: expected row 1 within bytes 0 to 6, found 5 to 4; the workspace is "
        + "damaged: build it again")
    try writeOffsets([0, .max, .max, 6])
    let worse = try StringColumn(folder: folder.path, rows: 3)
    for row in 0..<3 { #expect(complaint { _ = try worse.text(row) } != "no error") }
  }

  @Test func wrongArrays() throws {
    try write(["ab", "cd", "ef"])
    #expect(
      complaint { _ = try StringColumn(folder: folder.path, rows: 4) }
        == "FOLDER/offsets.npy: expected shape (5,), found (4,); the workspace is damaged: build "
        + "it again")
    try folder.write(
      "offsets.npy", npyFile(descr: "'<i8'", shape: "(4,)", data: rawBytes([0, 2, 4, 6])))
    #expect(
      complaint { _ = try StringColumn(folder: folder.path, rows: 3) }
        == "FOLDER/offsets.npy: expected elements '<u8' in C order, found '<i8'; the workspace is "
        + "damaged: build it again")
    try FileManager.default.removeItem(atPath: folder("data.utf8"))
    #expect(
      complaint { _ = try StringColumn(folder: folder.path, rows: 3) }
        == "FOLDER/data.utf8: cannot open it: no such file or directory; check the path")
  }
}
