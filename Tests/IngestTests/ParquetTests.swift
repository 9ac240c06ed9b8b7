import Foundation
import Ingest
import TestSupport
import Testing

/// Parquet through the `duckdb` program, which also writes the files here: it must be on PATH.
struct ParquetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes the answer to a query as a shard's metadata.
  private func parquet(
    _ query: String, rows: Int, shard: Int = 0, in input: String = "in"
  ) throws {
    try folder.shard(shard, rows: rows, [], .parquet, in: input)
    // The program takes other names than this for patterns.
    let path = folder("written.parquet")
    let result = try ProcessRunner.run(
      "duckdb", ["-no-init", "-c", "COPY (\(query)) TO '\(path)' (FORMAT parquet)"])
    guard result.exitCode == 0 else { throw RunFailure("duckdb: \(result.errors)") }
    let place = folder("\(input)/metadata/metadata_\(shard).parquet")
    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.moveItem(atPath: path, toPath: place)
  }

  @Test func nullsQuotesNewlinesAndNulBytesStayApart() throws {
    try parquet(
      """
      SELECT * FROM (VALUES
        ('a,b"c', chr(10) || 'x' || chr(13), 0.1::FLOAT), ('NULL', NULL, NULL),
        ('é🎨', '', 'nan'::FLOAT), ('a' || chr(0) || 'b', 'null', -1.5::FLOAT))
        v(uid, caption, similarity)
      """, rows: 4)
    #expect(
      try allRows(folder("in")) == [
        Row(key: "a,b\"c", caption: "\nx\r", similarity: 0.1), Row(key: "NULL"),
        Row(key: "é🎨"), Row(key: "a\0b", caption: "null", similarity: -1.5),
      ])
  }

  @Test(arguments: [
    ("7::BIGINT", "7"), ("18446744073709551615::UBIGINT", "18446744073709551615"),
    ("'x'::BLOB", "x"), ("DATE '2024-01-02'", "2024-01-02"),
    ("'5c1a8a4e-0000-4000-8000-0123456789ab'::UUID", "5c1a8a4e-0000-4000-8000-0123456789ab"),
  ])
  func keysOfOtherTypesAreTheirText(value: String, text: String) throws {
    try parquet("SELECT \(value) AS key", rows: 1)
    #expect(try allRows(folder("in")) == [Row(key: text)])
  }

  @Test(arguments: [
    ("0.1::DOUBLE + 0.2::DOUBLE", Float(0.1 + 0.2)), ("0.25::DECIMAL(5, 3)", 0.25),
    ("1::TINYINT", 1), ("'0.5'", 0.5), ("NULL::DOUBLE", nil), ("0.1::FLOAT", 0.1),
  ])
  func similaritiesOfAnyNumberType(value: String, expected: Float?) throws {
    try parquet("SELECT 'k' AS uid, \(value) AS similarity", rows: 1)
    #expect(try allRows(folder("in")) == [Row(key: "k", similarity: expected)])
  }

  @Test func fileOrderOverManyRowGroupsAndShards() throws {
    for shard in 0..<3 {
      try parquet(
        "SELECT (i * 7919) % 300007 AS uid, 'caption ' || i AS text FROM range(300000) t(i)",
        rows: 300_000, shard: shard)
    }
    let rows = try allRows(folder("in"))
    try #require(rows.count == 900_000)
    for (row, found) in rows.enumerated() {
      let i = row % 300_000
      try #require(found == Row(key: "\(i * 7919 % 300_007)", caption: "caption \(i)"))
    }
  }

  @Test func namesOfColumnsAreQuoted() throws {
    try parquet("SELECT 'a' AS \"se\"\"lect, 'x'\", 2 AS \"b c\"", rows: 1)
    let named = options(key: "se\"lect, 'x'", caption: "b c")
    #expect(try allRows(folder("in"), named) == [Row(key: "a", caption: "2")])
  }

  @Test func pathsAreQuoted() throws {
    let names = [
      "it's", "a \"b\"", "new\nline", "*", "a?b", "[ab]", "b\\s", "c\\s[1]", "year=2024", "été",
      "{x,y}", "; DROP", "-x", "$(id)", "**",
    ]
    // What a pattern would match instead must not be read instead.
    try parquet("SELECT 'decoy' AS uid", rows: 1, in: "a")
    try FileManager.default.copyItem(atPath: folder("a"), toPath: folder("aab"))
    try parquet("SELECT 'right' AS uid", rows: 1, in: "plain")
    for name in names {
      try FileManager.default.copyItem(atPath: folder("plain"), toPath: folder(name))
      #expect(try allRows(folder(name)) == [Row(key: "right")], "\(name)")
    }
  }

  @Test func filesWithoutAnyKnownColumnAreStillCounted() throws {
    try parquet("SELECT 'x' || i AS i FROM range(5) t(i)", rows: 5)
    let dataset = try Dataset.discover([folder("in")], options())
    #expect(dataset.columns == MetadataColumns())
    #expect(try allRows(dataset, options()) == Array(repeating: Row(), count: 5))
  }

  @Test func rowCountIsKnownFromTheFooters() throws {
    try parquet("SELECT 'a' AS uid", rows: 1)
    try parquet("SELECT 'a' AS uid FROM range(3)", rows: 4, shard: 1)
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_1.parquet: expected 4 rows, as many as "
        + "FOLDER/in/img_emb/img_emb_1.npy has, found 3; the two do not belong together: write "
        + "both again from the same items")
  }

  @Test func columnMissing() throws {
    try parquet("SELECT 'a' AS uid, 'b' AS caption", rows: 1)
    try parquet("SELECT 'a' AS uid, 'b' AS text", rows: 1, shard: 1)
    #expect(
      complaint(folder)
        == "FOLDER/in/metadata/metadata_1.parquet: expected a column 'caption', found 'uid', "
        + "'text'; every metadata file needs it: choose another column with --key, --caption or "
        + "--similarity")
  }

  @Test func valuesThatCannotBeUsed() throws {
    try parquet("SELECT CASE WHEN i <> 3 THEN 'k' END AS uid FROM range(5) t(i)", rows: 5)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.parquet, row 3: expected a key, found none; every item "
        + "needs one: choose another column with --key")
    try parquet("SELECT 'k' AS uid, 'x' || i AS similarity FROM range(2) t(i)", rows: 2)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.parquet, row 0: expected a numeric similarity, found "
        + "'x0'; leave it empty where it is missing, or choose another column with --similarity")
    try parquet("SELECT [1, 2] AS uid", rows: 1)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.parquet, row 0: expected a string, a number or null in "
        + "the field 'uid', found an array")
  }

  @Test func damagedFile() throws {
    try parquet("SELECT 'a' AS uid", rows: 1)
    try folder.shard(1, rows: 1, "this is no Parquet file", .parquet)
    let found = complaint(folder)
    // The program's own words may change with its version; which file and why must be there.
    #expect(found.hasPrefix("FOLDER/in/metadata/metadata_1.parquet: /"), "\(found)")
    #expect(found.contains("duckdb failed (exit 1): "), "\(found)")
    #expect(found.contains("magic bytes"), "\(found)")
    #expect(!found.contains("\n"))
  }

  @Test func noProgram() throws {
    try folder.shard(0, rows: 1, [0], .parquet)
    let way =
      "; install it (pip install duckdb-cli) or give the metadata as CSV or JSON lines, which need "
      + "no program"
    #expect(
      complaint(folder, ["in"], IngestOptions(environment: ["PATH": folder.path]))
        == "FOLDER/in/metadata/metadata_0.parquet: Parquet needs the program 'duckdb', found none "
        + "on PATH" + way)
    #expect(
      complaint(folder, ["in"], IngestOptions(environment: ["WINNOW_DUCKDB": folder("duckdb")]))
        == "FOLDER/in/metadata/metadata_0.parquet: Parquet needs the program 'duckdb', found none "
        + "at FOLDER/duckdb" + way)
  }
}
