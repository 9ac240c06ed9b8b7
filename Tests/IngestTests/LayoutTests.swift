// What paths are taken for, and what is said when a layout does not fit.

import Foundation
import Ingest
import TestSupport
import Testing

struct LayoutTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A zip archive of stored members, written from the format's description.
  private func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    /// Appends numbers as so many bytes each.
    func append(_ numbers: [(value: Int, bytes: Int)], to file: inout [UInt8]) {
      for number in numbers {
        for byte in 0..<number.bytes {
          file.append(UInt8(truncatingIfNeeded: number.value >> (8 * byte)))
        }
      }
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let size = member.bytes.count
      // Version, flags, method, time, checksum, both sizes, the name's length, that of extras.
      let common = [
        (20, 2), (0, 2), (0, 2), (0, 4), (checksum(member.bytes), 4), (size, 4), (size, 4),
        (member.name.utf8.count, 2), (0, 2),
      ]
      let offset = file.count
      append([(0x0403_4B50, 4)] + common, to: &file)
      file += Array(member.name.utf8)
      file += member.bytes
      append([(0x0201_4B50, 4), (20, 2)] + common, to: &directory)
      append([(0, 2), (0, 2), (0, 2), (0, 4), (offset, 4)], to: &directory)
      directory += Array(member.name.utf8)
    }
    let (start, count) = (file.count, members.count)
    file += directory
    append(
      [
        (0x0605_4B50, 4), (0, 4), (count, 2), (count, 2), (directory.count, 4), (start, 4), (0, 2),
      ], to: &file)
    return file
  }

  /// CRC-32, bit by bit.
  private func checksum(_ bytes: [UInt8]) -> Int {
    var state: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 {
        let isOdd = state & 1 == 1
        state >>= 1
        if isOdd { state ^= 0xEDB8_8320 }
      }
    }
    return Int(~state)
  }

  private func pool(_ name: String, rows: Int, members: [String] = ["l14_img"]) throws {
    try folder.write(
      name, archive(members.map { ($0 + ".npy", npyFile(rows: rows, dimensions: 3)) }))
  }

  private func options(
    layout: Layout? = nil, embedding: String? = nil, shapes: [String] = [], keys: [String] = [],
    width: Int = 24
  ) -> IngestOptions {
    var options = IngestTests.options()
    options.layout = layout
    options.embedding = embedding
    options.shapes = shapes.map { MapShape($0)! }
    options.keyFiles = keys.map { folder($0) }
    options.keyWidth = width
    return options
  }

  private func described(_ input: String, _ options: IngestOptions? = nil) throws -> String {
    try Dataset.discover([folder(input)], options ?? self.options()).layout
      .replacingOccurrences(of: folder.path, with: "FOLDER")
  }

  @Test func dataCompPoolsByTheBytesOfTheirNames() throws {
    for name in ["9", "10", "0f", "0a"] {
      try pool("in/metadata/\(name).npz", rows: name.count)
      try folder.write(
        "in/metadata/\(name).csv", "uid\n" + String(repeating: "k\(name)\n", count: name.count))
    }
    try folder.write("in/shards/00000.tar", "")
    try folder.write("in/shards/00001.tar", "")
    try folder.write("in/shards/notes.tar", "")
    let dataset = try Dataset.discover([folder("in/")], options())
    #expect(
      dataset.shards.map { $0.path.dropFirst(folder("in/metadata/").count) }
        == ["0a.npz", "0f.npz", "10.npz", "9.npz"])
    #expect(
      try allRows(dataset, options()).map(\.key) == [
        "k0a", "k0a", "k0f", "k0f", "k10", "k10", "k9",
      ])
    #expect(
      try described("in") == """
        FOLDER/in: a DataComp pool, 4 shards, 7 rows, embeddings 'l14_img', metadata as csv, \
        pictures in 2 tar files
        columns: key 'uid', caption none, similarity none
        """)
    #expect(
      try described("in/metadata/10.npz") == """
        FOLDER/in/metadata/10.npz: a DataComp pool, 1 shard, 2 rows, embeddings 'l14_img', metadata \
        as csv
        columns: key 'uid', caption none, similarity none
        """)
  }

  @Test func storedMembersAreReadInPlace() throws {
    try pool("in/a.npz", rows: 5, members: ["dedup", "b32_img", "l14_txt"])
    let dataset = try Dataset.discover([folder("in")], options())
    let shard = dataset.shards[0]
    #expect(dataset.inputs[0].embedding == "b32_img" && !shard.needsConversion)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 24, alignment: 16)
    defer { buffer.deallocate() }
    try ShardReader(shard).read(rows: 3..<5, into: buffer)
    #expect(Array(buffer.bindMemory(to: Float.self)) == [9, 10, 11, 12, 13, 14])
  }

  @Test func membersAreChosenByName() throws {
    try pool("in/a.npz", rows: 1, members: ["l14_img", "x_img", "b32_img"])
    #expect(try Dataset.discover([folder("in")], options()).inputs[0].embedding == "l14_img")
    let named = options(embedding: "x_img")
    #expect(try Dataset.discover([folder("in")], named).inputs[0].embedding == "x_img")
    try pool("in/b.npz", rows: 1, members: ["l14_img"])
    #expect(
      complaint(folder, ["in"], named)
        == "FOLDER/in/b.npz: expected embeddings 'x_img', found 'l14_img'; choose others with "
        + "--embedding; every file needs them")
    try pool("none/a.npz", rows: 1, members: ["first", "second"])
    #expect(
      complaint(folder, ["none"])
        == "FOLDER/none/a.npz: expected embeddings 'l14_img' or 'b32_img', found 'first', 'second'; "
        + "choose others with --embedding; every file needs them")
    try folder.write("wrong/a.npz", archive([("l14_img.npy", Array("no array at all".utf8))]))
    #expect(
      complaint(folder, ["wrong"]).hasPrefix(
        "FOLDER/wrong/a.npz, member l14_img.npy: expected a .npy file"))
    try folder.write(
      "short/a.npz", archive([("l14_img.npy", npyFile(rows: 4, dimensions: 3).dropLast(3))]))
    #expect(
      complaint(folder, ["short"]).hasPrefix(
        "FOLDER/short/a.npz, member l14_img.npy: expected 176 bytes for shape (4, 3)"))
  }

  @Test func archivesAndMetadataPair() throws {
    try pool("in/a.npz", rows: 1)
    try pool("in/b.npz", rows: 1)
    try folder.write("in/a.csv", "uid\nx\n")
    #expect(
      complaint(folder)
        == "FOLDER/in/b.npz: expected metadata b.parquet beside it as for the other files, found "
        + "none; fetch the file's metadata, or move all metadata away to build without it")
    try folder.write("in/b.csv", "uid\ny\n")
    try folder.write("in/b.jsonl", "{}\n")
    #expect(
      complaint(folder).hasPrefix("FOLDER/in/b.jsonl: expected one metadata file for b.npz"))
    try FileManager.default.removeItem(atPath: folder("in/b.jsonl"))
    try folder.write("in/c.parquet", "PAR1")
    #expect(
      complaint(folder)
        == "FOLDER/in/c.parquet: expected embeddings c.npz beside it, found none; fetch the file's "
        + "embeddings, or move this file away")
    try folder.write("half/metadata/c.parquet", "PAR1")
    #expect(complaint(folder, ["half"]).hasPrefix("FOLDER/half/metadata: expected files NAME.npz"))
  }

  @Test func layoutsCanBeForced() throws {
    try pool("in/a.npz", rows: 2)
    try folder.write("in/a.npy", npyFile(rows: 7, dimensions: 3))
    #expect(
      complaint(folder)
        == "FOLDER/in: expected .npy or .npz files, found both; choose one with --layout "
        + "npy-folder or --layout datacomp")
    #expect(try Dataset.discover([folder("in")], options(layout: .folder)).rows == 7)
    #expect(try Dataset.discover([folder("in")], options(layout: .datacomp)).rows == 2)
    for layout in [Layout.clipRetrieval, .parquetLists] {
      #expect(complaint(folder, ["in"], options(layout: layout)).contains("found none"))
    }
    #expect(
      complaint(folder, ["in/a.npy"], options(layout: .clipRetrieval))
        == "FOLDER/in/a.npy: expected a clip-retrieval folder (--layout clip-retrieval), found a "
        + "file; name another path or leave out --layout")
    #expect(complaint(folder, ["in"], options(layout: .file)).contains("npy-file), found a folder"))
    let header = npyFile(rows: 7, dimensions: 3).count
    #expect(
      try Dataset.discover(
        [folder("in/a.npy")], options(layout: .map, shapes: ["\(header / 4),1"])
      ).rows == header / 4)
  }

  @Test func picturesAreLocated() throws {
    try folder.shard(0, rows: 1)
    for name in ["00000", "00002", "00010"] { try folder.write("in/\(name).tar", "") }
    let input = try Dataset.discover([folder("in")], options()).inputs[0]
    #expect(input.pictures == ["00000", "00002", "00010"].map { folder("in/\($0).tar") })
    #expect(
      try described("in")
        == "FOLDER/in: a clip-retrieval folder, 1 shard, 1 row, no metadata, pictures in 3 tar files"
    )
  }

  @Test(arguments: ["", "5", "5,", ",5", "5,0", "-2,5", "a,5", "5,6,7", "5,5.0", "5;6"])
  func textsThatAreNoShape(text: String) { #expect(MapShape(text) == nil) }

  @Test func shapesOfFilesWithoutAHeader() throws {
    #expect(MapShape("10, 5") == MapShape(rows: 10, dimensions: 5))
    #expect(MapShape("-1,5")?.description == "-1,5")
    try folder.write("a", rawBytes((0..<15).map(Float.init)))
    try folder.write("b", rawBytes((0..<30).map(Float.init)))
    let both = ["a", "b"].map { folder($0) }
    let dataset = try Dataset.discover(both, options(shapes: ["-1,5"]))
    #expect(dataset.shards.map(\.rows) == [3, 6] && dataset.readBy == ["--shape": "3,5 6,5"])
    #expect(try Dataset.discover(both, options(shapes: ["3,5", "6,5"])).rows == 9)
    #expect(
      complaint(folder, ["a", "b"], options(shapes: ["3,5"]))
        == "FOLDER/b: expected a shape for it, found 1 for earlier inputs; give --shape N,D once "
        + "for each file without a header, or --shape -1,D for all")
    #expect(
      complaint(folder, ["a"], options(shapes: ["4,5"]))
        == "FOLDER/a: expected 80 bytes for 4 rows of 5 float32 numbers, found 60; give its shape "
        + "with --shape N,D")
    #expect(
      complaint(folder, ["a"], options(shapes: ["-1,4"]))
        == "FOLDER/a: expected whole rows of 16 bytes (4 float32 numbers), found 60 bytes; give "
        + "its shape with --shape N,D")
    #expect(
      complaint(folder, ["a"], options(shapes: ["\(Int.max),1000000"])).contains(
        "expected more bytes"))
    try folder.write("c.npy", npyFile(rows: 2, dimensions: 5))
    #expect(
      complaint(folder, ["c.npy"], options(shapes: ["2,5"])).hasPrefix(
        "--shape: expected a shape for each file without a header, found 1 for 0"))
    #expect(complaint(folder, ["a"]).contains("found one without numpy's magic bytes"))
  }

  @Test func keysOfOneWidth() throws {
    try folder.write("a.npy", npyFile(rows: 3, dimensions: 2))
    func keys(_ texts: [String], _ width: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      for text in texts {
        bytes += Array(text.utf8)
        while bytes.count % width != 0 { bytes.append(0) }
      }
      return bytes
    }
    try folder.write("keys", keys(["a\0b", "é,\"\n", "12345678"], 8))
    let input = [folder("a.npy")]
    let all = options(keys: ["keys"], width: 8)
    #expect(
      try allRows(Dataset.discover(input, all), all).map(\.key) == ["a\0b", "é,\"\n", "12345678"])
    #expect(
      complaint(folder, ["a.npy"], options(keys: ["keys"]))
        == "FOLDER/keys: expected 72 bytes (3 keys of 24, one per row of FOLDER/a.npy), found 24; "
        + "set the bytes per key with --key-width")
    #expect(
      complaint(folder, ["a.npy"], options(keys: ["keys", "keys"])).hasPrefix(
        "--keys: expected 1, "))
    try folder.write(
      "u.npy", npyFile(descr: "'<U2'", shape: "(3,)", data: Array(repeating: 0, count: 6)))
    #expect(
      complaint(folder, ["a.npy"], options(keys: ["u.npy"])).contains("byte strings such as '|S24'")
    )
    try folder.write("empty", keys(["a", "\0", "c"], 8))
    let empty = options(keys: ["empty"], width: 8)
    #expect(
      message(folder) { _ = try allRows(Dataset.discover(input, empty), empty) }
        == "FOLDER/empty, row 1: expected a key, found none; every item needs one: choose another "
        + "column with --key")
    try folder.shard(0, rows: 3, "uid\na\nb\nc\n")
    #expect(
      complaint(folder, ["in"], all).hasPrefix(
        "--keys: expected embeddings without metadata, found "))
  }
}
