// Every bad input must end in a message that says what is wrong, where, and what to do, and must
// leave the disk as it was.

import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
  /// Runs a build that must be refused, and checks that nothing at all changed in `scratch`; where
  /// the rows were read already, only what was found out about them stays, and the message says so.
  private func refused(
    _ scratch: TemporaryFolder, _ inputs: [String], more: [String] = [], _ parts: [String],
    exitCode: Int32 = 1, afterScan: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var before = try scratch.contents()
    let clusters = more.contains("--clusters") ? [] : ["--clusters", "2"]
    let result = try winnow(["build"] + inputs + ["-o", scratch("out.winnow")] + clusters + more)
    expectRefusal(result, exitCode: exitCode, parts, sourceLocation: sourceLocation)
    if afterScan {
      let building = ".out.winnow.building"
      let scan = try scratch.contents().filter {
        $0.key == building || $0.key == building + "/stage"
          || ($0.key.hasPrefix(building + "/stage/") && !$0.key.hasSuffix(".partial"))
      }
      #expect(!scan.isEmpty, sourceLocation: sourceLocation)
      #expect(
        result.errors.contains("finished work is in \(scratch(".out.winnow.building"))"),
        "\(result.errors)", sourceLocation: sourceLocation)
      before.merge(scan) { $1 }
    }
    #expect(try scratch.contents() == before, "left behind", sourceLocation: sourceLocation)
  }

  // MARK: The file

  @Test func noSuchFile() throws {
    let scratch = try TemporaryFolder()
    try refused(
      scratch, [scratch("missing.npy")],
      ["\(scratch("missing.npy")): ", "expected a file or folder, found none", "check the path"])
  }

  @Test func notAnNpyFile() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("text.npy", "this is a picture of a cat, honestly\n")
    try refused(scratch, [path], ["\(path): ", "expected a .npy file", "numpy.save"])
  }

  @Test func anEmptyFile() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("empty.npy", "")
    try refused(scratch, [path], ["\(path): ", "expected a .npy file"])
  }

  @Test func fortranOrder() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write(
      "fortran.npy",
      npyFile(
        descr: "'<f4'", shape: "(3, 4)", fortranOrder: true, data: Array(repeating: 63, count: 48)))
    try refused(
      scratch, [path], ["\(path): ", "expected C order", "Fortran order", "ascontiguousarray"])
  }

  @Test(arguments: [("<i4", 4), (">f4", 4), ("|b1", 1), ("<c8", 8), ("<U3", 12), ("|O", 8)])
  func wrongElementType(type: String, size: Int) throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write(
      "wrong.npy",
      npyFile(
        descr: "'\(type)'", shape: "(3, 4)", data: Array(repeating: 1, count: 12 * size)))
    try refused(scratch, [path], ["\(path): ", type])
  }

  @Test(arguments: [[12], [3, 2, 2], []])
  func wrongShape(shape: [Int]) throws {
    let scratch = try TemporaryFolder()
    let count = shape.reduce(4, *)
    let path = try scratch.write(
      "shape.npy",
      npyFile(
        descr: "'<f4'", shape: "(" + shape.map { "\($0), " }.joined() + ")",
        data: Array(repeating: 63, count: count)))
    try refused(scratch, [path], ["\(path): expected "])
  }

  @Test(arguments: [1, 100, 4000])
  func truncatedFile(missing: Int) throws {
    let scratch = try TemporaryFolder()
    let whole = embeddings(rows: 100, width: 10)
    let path = try scratch.write("short.npy", Array(whole.dropLast(missing)))
    try refused(
      scratch, [path],
      ["\(path): ", "expected \(whole.count) bytes", "found \(whole.count - missing)", "truncated"])
  }

  @Test func shardsOfDifferentWidth() throws {
    let scratch = try TemporaryFolder()
    let wide = try scratch.write("a.npy", embeddings(rows: 5, width: 8))
    let narrow = try scratch.write("b.npy", embeddings(rows: 5, width: 7))
    try refused(scratch, [wide, narrow], ["\(narrow): expected 8 dimensions", wide, "found 7"])
  }

  @Test func remoteAddress() throws {
    let scratch = try TemporaryFolder()
    try refused(scratch, ["s3://bucket/embeddings"], ["s3://bucket/embeddings", "mount"])
  }

  // MARK: The rows

  /// Two shards with 15 unusable rows: zero, NaN, positive and negative infinity.
  private func shardsWithInvalidRows(in scratch: TemporaryFolder) throws -> [String] {
    let bad: [Float] = [0, .nan, .infinity, -.infinity, 0]
    return [
      try scratch.write(
        "a.npy",
        embeddings(rows: 40, width: 6) { row, column, value in
          guard row % 5 == 3, row < 40 else { return value }  // rows 3, 8, ... 38: 8 of them
          return bad[row % 4] == 0 ? 0 : column == 2 ? bad[row % 4] : value
        }),
      try scratch.write(
        "b.npy",
        embeddings(rows: 20, width: 6) { row, column, value in
          guard row < 7 else { return value }
          return column == 5 ? .nan : value
        }),
    ]
  }

  @Test func invalidRowsAreCountedAndTenAreNamed() throws {
    let scratch = try TemporaryFolder()
    let shards = try shardsWithInvalidRows(in: scratch)
    let named = [3, 8, 13, 18, 23, 28, 33, 38].map { "\(shards[0]) row \($0) " }
    try refused(
      scratch, shards,
      ["15 of 60 rows", "5 more", "--skip-invalid"] + named
        + ["\(shards[1]) row 0 (", "\(shards[1]) row 1 ("], afterScan: true)
    let errors = try winnow(["build", "-o", scratch("x.winnow"), "--clusters", "2"] + shards).errors
    #expect(!errors.contains("\(shards[1]) row 2"), "eleven rows are named: \(errors)")
  }

  @Test func invalidRowsAreDroppedWhenAskedTo() throws {
    let scratch = try TemporaryFolder()
    let shards = try shardsWithInvalidRows(in: scratch)
    try winnowSucceeds(
      "build", shards[0], shards[1], "-o", scratch("out.winnow"), "--clusters", "3",
      "--skip-invalid")
    let members = try NpyArray(scratch("out.winnow/members.npy")).integers()
    let invalid = Set([3, 8, 13, 18, 23, 28, 33, 38] + Array(40..<47))
    #expect(members.sorted() == (0..<60).filter { !invalid.contains($0) })
    let fate = try NpyArray(scratch("out.winnow/fate.npy")).integers()
    #expect(fate == (0..<60).map { invalid.contains($0) ? 1 : 0 })
  }

  @Test func nothingButInvalidRows() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("zero.npy", embeddings(rows: 9, width: 4) { _, _, _ in 0 })
    try refused(scratch, [path], more: ["--skip-invalid"], ["0", "usable rows"], afterScan: true)
  }

  @Test func moreClustersThanRows() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("few.npy", embeddings(rows: 10, width: 4))
    try refused(
      scratch, [path], more: ["--clusters", "11"],
      ["--clusters: expected at most 10", "found 11", "fewer"])
    try winnowSucceeds("build", path, "-o", scratch("ten.winnow"), "--clusters", "10")
  }

  // MARK: Metadata

  private func clipFolder(_ scratch: TemporaryFolder, metadata: String, name: String) throws
    -> String
  {
    try scratch.write("set/img_emb/img_emb_0.npy", embeddings(rows: 10, width: 4))
    try scratch.write("set/metadata/\(name)", metadata)
    return scratch("set")
  }

  private func lines(_ count: Int) -> String {
    (0..<count).map { #"{"uid": "item-\#($0)", "caption": "number \#($0)"}"# + "\n" }.joined()
  }

  @Test(arguments: [9, 11])
  func metadataRowsDifferFromEmbeddingRows(count: Int) throws {
    let scratch = try TemporaryFolder()
    let folder = try clipFolder(scratch, metadata: lines(count), name: "metadata_0.jsonl")
    try refused(
      scratch, [folder],
      [
        "\(folder)/metadata/metadata_0.jsonl", "\(folder)/img_emb/img_emb_0.npy",
        "expected 10 rows", "found \(count)",
      ])
  }

  @Test(arguments: ["--key", "--caption", "--similarity"])
  func unknownColumn(flag: String) throws {
    let scratch = try TemporaryFolder()
    let folder = try clipFolder(scratch, metadata: lines(10), name: "metadata_0.jsonl")
    try refused(
      scratch, [folder], more: [flag, "nosuch"],
      ["\(folder)/metadata/metadata_0.jsonl", "column 'nosuch'", "uid", "caption"])
  }

  @Test func unknownColumnOfCSV() throws {
    let scratch = try TemporaryFolder()
    let text = "uid,caption\n" + (0..<10).map { "item-\($0),\"a, b\"\n" }.joined()
    let folder = try clipFolder(scratch, metadata: text, name: "metadata_0.csv")
    try refused(
      scratch, [folder], more: ["--key", "nosuch"],
      ["\(folder)/metadata/metadata_0.csv", "column 'nosuch'", "uid", "caption"])
  }

  @Test func damagedMetadataNamesTheLine() throws {
    let scratch = try TemporaryFolder()
    let text = lines(6) + "{\"uid\": \"item-6\", \"caption\": \n" + lines(3)
    let folder = try clipFolder(scratch, metadata: text, name: "metadata_0.jsonl")
    try refused(scratch, [folder], ["\(folder)/metadata/metadata_0.jsonl, line 7: "])
  }

  @Test func parquetWithoutDuckDBSaysHowToGetIt() throws {
    let scratch = try TemporaryFolder()
    let folder = try clipFolder(scratch, metadata: "PAR1", name: "metadata_0.parquet")
    let before = try scratch.contents()
    let result = try winnow(
      ["build", folder, "-o", scratch("out.winnow"), "--clusters", "2"],
      environment: ["PATH": "/nowhere", "WINNOW_DUCKDB": nil])
    expectRefusal(result, ["duckdb", "pip install duckdb-cli"])
    #expect(try scratch.contents() == before)
  }

  // MARK: Centroids

  @Test func centroidsOfAnotherWidth() throws {
    let scratch = try TemporaryFolder()
    let rows = try scratch.write("rows.npy", embeddings(rows: 10, width: 4))
    let centroids = try scratch.write("centroids.npy", embeddings(rows: 3, width: 5))
    let before = try scratch.contents()
    let result = try winnow(
      "build", rows, "-o", scratch("out.winnow"), "--centroids", centroids)
    expectRefusal(result, ["\(centroids): ", "(3, 5)", "4"])
    #expect(try scratch.contents() == before)
  }
}
