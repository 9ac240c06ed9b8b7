import Foundation
import Ingest
import TestSupport
import Testing

/// Every refusal of an input before its data is read, with its exact words.
struct DiscoveryErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func nothingNamed() {
    #expect(
      complaint(folder, [])
        == "inputs: expected at least one file or folder, found none; name a .npy file or a folder "
        + "of them")
  }

  @Test func noSuchPath() {
    #expect(
      complaint(folder, ["missing"])
        == "FOLDER/missing: expected a file or folder, found none; check the path")
  }

  @Test(arguments: ["s3://bucket/laion", "gs://b", "https://example.org/a.npy", "hdfs://n/x"])
  func remoteAddress(address: String) {
    #expect(
      message(folder) { _ = try Dataset.discover([address], options()) }
        == "\(address): expected a path on this machine, found a remote address; mount it first "
        + "(for example with rclone mount, or mount-s3 for s3://) and name the path below the mount"
    )
  }

  @Test func folderWithoutEmbeddings() throws {
    try folder.write("in/readme.md", "x")
    #expect(
      complaint(folder)
        == "FOLDER/in: expected .npy, .npz or .parquet files, or a folder img_emb or metadata with "
        + "some, found none; name the folder that holds the embeddings")
    try folder.write("in/img_emb/img_emb_x.npy", npyFile(rows: 1, dimensions: 1))
    #expect(
      complaint(folder)
        == "FOLDER/in/img_emb: expected files img_emb_N.npy, found none; write them with "
        + "clip-retrieval inference, or name a folder of .npy files")
  }

  @Test func notAnArray() throws {
    try folder.write("a.npy", "PK\u{3}\u{4} and what else a zip file has")
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected a .npy file, found one without numpy's magic bytes; write it "
        + "with numpy.save")
  }

  @Test(arguments: ["'>f4'", "'<i4'", "'|u1'", "'|O8'", "[('a', '<f4')]"])
  func wrongElements(descr: String) throws {
    let bytes = ["'|u1'": 2, "'|O8'": 16][descr] ?? 8
    try folder.write(
      "a.npy",
      npyFile(descr: descr, shape: "(1, 2)", data: Array(repeating: 0, count: bytes)))
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected elements '<f2', '<f4' or '<f8' (little-endian floats), found "
        + "\(descr); convert it: numpy.save(path, array.astype('<f4'))")
  }

  @Test(arguments: ["(8,)", "(2, 2, 2)", "(8, 0)", "()"])
  func wrongShape(shape: String) throws {
    let count = ["(8, 0)": 0, "()": 1][shape] ?? 8
    try folder.write(
      "a.npy",
      npyFile(descr: "'<f4'", shape: shape, data: Array(repeating: 0, count: 4 * count)))
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected an array of shape (rows, dimensions), found \(shape); write one "
        + "embedding per row")
  }

  @Test func fortranOrder() throws {
    try folder.write(
      "a.npy",
      npyFile(
        descr: "'<f4'", shape: "(2, 2)", fortranOrder: true, data: Array(repeating: 0, count: 16)))
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected C order (row by row), found Fortran order; convert it: "
        + "numpy.save(path, numpy.ascontiguousarray(array))")
  }

  @Test func truncated() throws {
    try folder.write("a.npy", Array(npyFile(rows: 10, dimensions: 4).dropLast(1)))
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected 288 bytes for shape (10, 4) of '<f4', found 287; it is "
        + "truncated: fetch or write it again")
  }

  @Test func shardsOfDifferentWidth() throws {
    try folder.write("in/0.npy", npyFile(rows: 1, dimensions: 4))
    try folder.write("in/1.npy", npyFile(rows: 1, dimensions: 5))
    #expect(
      complaint(folder)
        == "FOLDER/in/1.npy: expected 4 dimensions, as FOLDER/in/0.npy has, found 5; give only "
        + "shards from one encoder")
  }

  @Test func noRowsAtAll() throws {
    try folder.write("a.npy", npyFile(rows: 0, dimensions: 4))
    #expect(
      complaint(folder, ["a.npy"])
        == "FOLDER/a.npy: expected at least one row, found none; name files that have embeddings")
  }

  @Test func theSameShardTwice() throws {
    try folder.write("in/0.npy", npyFile(rows: 1, dimensions: 4))
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: folder("in"))
    #expect(
      complaint(folder, ["in", "link"])
        == "FOLDER/link/0.npy: expected every shard once, found it again as FOLDER/in/0.npy; name "
        + "every input once")
    #expect(
      complaint(folder, ["in", "in"])
        == "FOLDER/in/0.npy: expected every shard once, found it again; name every input once")
  }

  @Test func metadataMissingForOneShard() throws {
    try folder.shard(0, rows: 1, "uid\na\n")
    try folder.shard(1, rows: 1)
    #expect(
      complaint(folder)
        == "FOLDER/in/img_emb/img_emb_1.npy: expected metadata "
        + "FOLDER/in/metadata/metadata_1.parquet, .csv or .jsonl for it as for the other shards, "
        + "found none; fetch the shard's metadata, or move all metadata away to build without it")
  }

  @Test func metadataWithoutEmbeddings() throws {
    try folder.shard(0, rows: 1, "uid\na\n")
    try folder.write("in/metadata/metadata_7.csv", "uid\nb\n")
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_7.csv: expected embeddings "
        + "FOLDER/in/img_emb/img_emb_7.npy beside it, found none; fetch the shard's embeddings, or "
        + "move this file away")
  }

  @Test func twoFilesForOneNumber() throws {
    try folder.shard(3, rows: 1, "uid\na\n")
    try folder.write("in/metadata/metadata_3.jsonl", #"{"uid":"a"}"#)
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_3.jsonl: expected one file for number 3, also found "
        + "metadata_3.csv; keep one of them")
    try folder.write("in/img_emb/img_emb_03.npy", npyFile(rows: 1, dimensions: 2))
    #expect(
      complaint(folder)
        == "FOLDER/in/img_emb/img_emb_3.npy: expected one file for number 3, also found "
        + "img_emb_03.npy; keep one of them")
  }

  @Test func metadataForOneInputOnly() throws {
    try folder.shard(0, rows: 1, "uid\na\n")
    try folder.write("b.npy", npyFile(rows: 1, dimensions: 2))
    #expect(
      complaint(folder, ["in", "b.npy"])
        == "FOLDER/b.npy: expected metadata as FOLDER/in has, found none; give every input "
        + "metadata, or name the embedding folders themselves (FOLDER/in/img_emb) to build without "
        + "it")
  }

  @Test func columnNamedWithoutMetadata() throws {
    try folder.write("b.npy", npyFile(rows: 1, dimensions: 2))
    #expect(
      complaint(folder, ["b.npy"], options(caption: "alt"))
        == "FOLDER/b.npy: expected metadata with a column 'alt', found none; name a clip-retrieval "
        + "folder with metadata, or leave out --key, --caption and --similarity")
  }

  @Test(arguments: [MetadataFile.Format.csv, .jsonLines])
  func unknownColumn(format: MetadataFile.Format) throws {
    let text = format == .csv ? "uid,caption\na,b\n" : #"{"uid":"a","caption":{"x":[1]}}"#
    try folder.shard(0, rows: 1, text, format)
    #expect(
      complaint(folder, ["in"], options(similarity: "clip"))
        == "FOLDER/in/metadata/metadata_0.\(format.rawValue): expected a column 'clip', found "
        + "'uid', 'caption'; every metadata file needs it: choose another column with --key, "
        + "--caption or --similarity")
  }

  @Test func columnMissingInALaterShard() throws {
    try folder.shard(0, rows: 1, "uid,caption\na,b\n")
    try folder.shard(1, rows: 1, "uid,text\na,b\n")
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_1.csv: expected a column 'caption', found 'uid', 'text'; "
        + "every metadata file needs it: choose another column with --key, --caption or "
        + "--similarity")
  }

  @Test func columnTwice() throws {
    try folder.shard(0, rows: 1, "uid,caption,uid\na,b,c\n")
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_0.csv: expected one column 'uid', found 2; rename the "
        + "others")
  }

  @Test func emptyCSV() throws {
    try folder.shard(0, rows: 1, "\n\n")
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_0.csv: expected a header row, found an empty file; name "
        + "the columns in the first line")
  }
}
