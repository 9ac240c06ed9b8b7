import Foundation
import Ingest
import TestSupport
import Testing

/// What inputs are taken for.
struct DiscoveryTests {
  @Test func clipRetrievalFolderInNumericOrder() throws {
    let folder = try TemporaryFolder()
    for number in 0...11 {
      try folder.shard(
        number, rows: number + 1, "uid\n" + String(repeating: "k\n", count: number + 1))
    }
    try folder.write("in/img_emb/notes.txt", "not a shard")
    let dataset = try Dataset.discover([folder("in/")], options())
    #expect(dataset.shards.map(\.rows) == Array(1...12))
    #expect(dataset.rows == 78)
    #expect(dataset.firstRows == [0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78])
    #expect(dataset.dimensions == 2)
    #expect(dataset.columns == MetadataColumns(key: "uid"))
    #expect(dataset.inputs[0].layout == .clipRetrieval)
    #expect(
      dataset.layout.replacingOccurrences(of: folder.path, with: "FOLDER") == """
        FOLDER/in/: a clip-retrieval folder, 12 shards, 78 rows, metadata as csv
        columns: key 'uid', caption none, similarity none
        """)
    let path = folder("in/img_emb/img_emb_10.npy")
    #expect(dataset.shards[10].path == path)
    #expect(
      dataset.shards[10].metadata
        == MetadataFile(path: folder("in/metadata/metadata_10.csv"), format: .csv))
  }

  @Test func zeroPaddedNumbersAndMixedFormats() throws {
    let folder = try TemporaryFolder()
    try folder.write("in/img_emb/img_emb_0001.npy", npyFile(rows: 1, dimensions: 2))
    try folder.write("in/img_emb/img_emb_0000.npy", npyFile(rows: 2, dimensions: 2))
    try folder.write("in/metadata/metadata_1.csv", "uid,text\nc,third\n")
    try folder.write(
      "in/metadata/metadata_00.jsonl", #"{"uid":"a"}"# + "\n" + #"{"uid":"b","text":"x"}"#)
    #expect(
      try allRows(folder("in")) == [
        Row(key: "a"), Row(key: "b", caption: "x"), Row(key: "c", caption: "third"),
      ])
  }

  @Test func folderOfFilesInNaturalOrder() throws {
    let folder = try TemporaryFolder()
    let names = [
      "a.npy", "part-2.npy", "part-02.npy", "part-10.npy", "part-9.npy", "x10y2.npy", "x10y10.npy",
      "x9y99.npy", "part.npy", "part-99999999999999999999998.npy",
      "part-99999999999999999999999.npy",
    ]
    for name in names { try folder.write("in/\(name)", npyFile(rows: 1, dimensions: 3)) }
    try folder.write("in/deeper/z.npy", npyFile(rows: 1, dimensions: 3))
    try folder.write("in/.hidden.npy", "not an array")
    let dataset = try Dataset.discover([folder("in")], options())
    #expect(
      dataset.shards.map { $0.path.dropFirst(folder("in/").count) } == [
        "a.npy", "part-02.npy", "part-2.npy", "part-9.npy", "part-10.npy",
        "part-99999999999999999999998.npy", "part-99999999999999999999999.npy", "part.npy",
        "x9y99.npy", "x10y2.npy", "x10y10.npy",
      ])
    #expect(dataset.columns == nil)
    #expect(dataset.inputs.map(\.layout) == [.folder])
  }

  @Test func severalInputsInTheirOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write("b.npy", npyFile(rows: 4, dimensions: 3))
    try folder.write("a.npy", npyFile(descr: "'<f2'", shape: "(0, 3)", data: []))
    try folder.write(
      "in/0.npy", npyFile(descr: "'<f8'", shape: "(1, 3)", data: rawBytes([1.0, 2.0, 3.0])))
    let dataset = try Dataset.discover(["b.npy", "in", "a.npy"].map { folder($0) }, options())
    #expect(dataset.shards.map(\.element) == [.float32, .float64, .float16])
    #expect(dataset.shards.map(\.bytesPerRow) == [12, 24, 6])
    #expect(dataset.firstRows == [0, 4, 5, 5])
    #expect(
      dataset.layout.replacingOccurrences(of: folder.path, with: "FOLDER") == """
        FOLDER/b.npy: a .npy file, 1 shard, 4 rows, no metadata
        FOLDER/in: a folder of .npy files, 1 shard, 1 row, no metadata
        FOLDER/a.npy: a .npy file, 1 shard, 0 rows, no metadata
        """)
  }

  @Test(arguments: [
    (
      "text,image_path,key,clip_l14_similarity_score,uid,similarity,caption",
      MetadataColumns(
        key: "uid", caption: "caption", similarity: "similarity", numeric: ["similarity"])
    ),
    (
      "text,image_path,key,clip_l14_similarity_score",
      MetadataColumns(
        key: "key", caption: "text", similarity: "clip_l14_similarity_score",
        numeric: ["clip_l14_similarity_score"])
    ),
    ("image_path", MetadataColumns(key: "image_path")),
    ("UID,Caption", MetadataColumns()),
  ])
  func usualColumns(header: String, expected: MetadataColumns) throws {
    let folder = try TemporaryFolder()
    let row = header.split(separator: ",").map { _ in "x" }.joined(separator: ",")
    try folder.shard(0, rows: 1, header + "\n" + row + "\n")
    #expect(try Dataset.discover([folder("in")], options()).columns == expected)
  }

  @Test func namedColumns() throws {
    let folder = try TemporaryFolder()
    try folder.shard(0, rows: 1, "uid,caption,b,\"c\"\"d\",e\nu,w,key,\"a, b\",0.5\n")
    let named = options(key: "b", caption: "c\"d", similarity: "e")
    #expect(
      try allRows(folder("in"), named) == [Row(key: "key", caption: "a, b", similarity: 0.5)])
    // One column may serve twice.
    let twice = options(key: "e", similarity: "e")
    #expect(
      try allRows(folder("in"), twice) == [Row(key: "0.5", caption: "w", similarity: 0.5)])
  }

  @Test func emptyShardsOfJSONLinesNameNoFields() throws {
    let folder = try TemporaryFolder()
    try folder.shard(0, rows: 0, "", .jsonLines)
    try folder.shard(1, rows: 1, #"{"uid": "a"}"#, .jsonLines)
    try folder.shard(2, rows: 0, "\n", .jsonLines)
    #expect(try allRows(folder("in")) == [Row(key: "a")])
  }
}
