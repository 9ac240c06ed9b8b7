// `--where`: what is no condition on a row is refused before anything is read, what reaches beyond the
// metadata is refused whatever it is, and verdicts come in the order of the rows from every format.

import Foundation
import Foundations
import Ingest
import TestSupport
import Testing

struct ConditionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The verdicts of all rows.
  private func verdicts(_ condition: String, _ input: String = "in") throws -> [Bool] {
    let dataset = try Dataset.discover([folder(input)], options())
    let condition = try RowCondition(condition, dataset, options())
    var found: [Bool] = []
    for shard in dataset.shards {
      try condition.evaluate(shard) {
        found.append($0)
        return true
      }
    }
    return found
  }

  private func refusal(_ condition: String) -> String {
    do {
      return "no error: \(try verdicts(condition))"
    } catch { return "\(error)" }
  }

  /// Three rows; a key with a quote, a caption with a newline, a missing number.
  private func sample(_ format: MetadataFile.Format) throws {
    switch format {
    case .csv:
      try folder.shard(0, rows: 2, "uid,n,text\r\n\"a\"\"'\",1,\"x, y\"\r\nb,,\"two\nlines\"\r\n")
      try folder.shard(1, rows: 1, "uid,n,text\nc,,\n")
    case .jsonLines:
      try folder.shard(
        0, rows: 2,
        #"{"uid":"a\"'","n":1,"text":"x, y"}"# + "\n\n" + #"{"uid":"b","text":"two\nlines"}"#,
        .jsonLines)
      try folder.shard(1, rows: 1, #"{"uid":"c","text":null}"#, .jsonLines)
    case .keyMap:
      throw RunFailure("a map of keys has no columns")
    case .parquet:
      let rows = [
        "('a\"''', 1, 'x, y'), ('b', NULL, 'two' || chr(10) || 'lines')",
        "('c', NULL::INT, NULL::VARCHAR)",
      ]
      for (shard, values) in rows.enumerated() {
        try folder.shard(shard, rows: 2 - shard, [], .parquet)
        let path = folder("written.parquet")
        let result = try ProcessRunner.run(
          "duckdb",
          [
            "-no-init", "-c",
            "COPY (SELECT * FROM (VALUES \(values)) v(uid, n, text)) TO '\(path)' (FORMAT parquet)",
          ])
        guard result.exitCode == 0 else { throw RunFailure("duckdb: \(result.errors)") }
        let place = folder("in/metadata/metadata_\(shard).parquet")
        try FileManager.default.removeItem(atPath: place)
        try FileManager.default.moveItem(atPath: path, toPath: place)
      }
    }
  }

  @Test(
    arguments: [MetadataFile.Format.parquet, .csv, .jsonLines],
    [
      ("n >= 1", [true, false, false]), ("n IS NULL", [false, true, true]),
      ("NOT (n = 1)", [false, false, false]), ("uid = 'a\"'''", [true, false, false]),
      ("text LIKE '%' || chr(10) || '%' -- a comment", [false, true, false]),
      ("coalesce(n, 2) > 1 /* another */ AND uid <> ';'", [false, true, true]),
      ("true", [true, true, true]), ("NULL", [false, false, false]),
      (
        "CASE WHEN uid IN ('b', 'c') THEN length(coalesce(text, '')) < 3 ELSE false END",
        [false, false, true]
      ),
    ])
  func everyFormatGivesTheRowsVerdicts(
    format: MetadataFile.Format, expected: (condition: String, verdicts: [Bool])
  ) throws {
    try sample(format)
    #expect(try verdicts(expected.condition) == expected.verdicts, "\(expected.condition)")
  }

  @Test func rowsComeInTheirOrder() throws {
    let count = 300_000
    try folder.shard(
      0, rows: count,
      "uid,n\n" + (0..<count).map { "k\($0),\($0 &* 2_654_435_761 % 1000)\n" }.joined())
    #expect(
      try verdicts("n < 137") == (0..<count).map { $0 &* 2_654_435_761 % 1000 < 137 })
  }

  /// What a column holds follows from all files, not from the one at hand.
  @Test func columnsHaveTheSameTypesInAllFiles() throws {
    try folder.shard(0, rows: 1, "key,n,d\na,,\n")
    try folder.shard(1, rows: 2, "d,key,n\n2024-01-02,b,10\n,c,9.5\n")
    try folder.shard(2, rows: 0, "key,n,d\n")
    #expect(try verdicts("n > 9") == [false, true, true])
    #expect(try verdicts("d >= DATE '2024-01-01'") == [false, true, false])
  }

  /// Keys and captions are texts, whatever they look like.
  @Test func keysAreTexts() throws {
    try folder.shard(0, rows: 3, "key,caption,n\n12,1,1\n130,2,2\n21,2024-01-01,13\n")
    #expect(try verdicts("key LIKE '1%'") == [true, true, false])
    #expect(try verdicts("length(caption) > 5 AND n > 9") == [false, false, true])
    try folder.shard(
      0, rows: 2, #"{"key":7,"n":1}"# + "\n" + #"{"key":70,"n":2}"#, .jsonLines, in: "j")
    #expect(try verdicts("key LIKE '%0'", "j") == [false, true])
  }

  @Test func foldersWithQuotesBracketsAndStars() throws {
    let name = "it's [a] *?\"\\"
    try folder.shard(0, rows: 2, "uid,n\na,1\nb,2\n", in: name)
    // What the name would match as a pattern.
    try folder.shard(0, rows: 1, "uid,n\nz,2\n", in: "it's a xx\"\\")
    #expect(try verdicts("n = 2", name) == [false, true])
  }

  @Test(arguments: [
    ("n >", "expected an SQL condition, found 'n >': duckdb says: syntax error at end of input"),
    (
      "n > 1) OR (n < 3",
      "expected an SQL condition, found 'n > 1) OR (n < 3': duckdb says: syntax error at or near \")\""
    ),
    (
      "n > 1; SELECT 2",
      "expected an SQL condition, found 'n > 1; SELECT 2': duckdb says: syntax error at or near \";\""
    ),
    (
      "n > 1; DROP TABLE x",
      "expected an SQL condition, found 'n > 1; DROP TABLE x': it contains a statement"
    ),
    (
      "n > 1 /* not closed",
      "expected an SQL condition, found 'n > 1 /* not closed': duckdb says: unterminated /* comment at "
        + "or near \"/* not closed \""
    ),
    ("1, 2", "expected one SQL condition, found '1, 2', which is more than an expression"),
    (
      "n IN (SELECT 1)",
      "expected a condition on the columns of one row, found a subquery (SELECT or ANY) in 'n IN "
        + "(SELECT 1)'"
    ),
    (
      "row_number() OVER () < 3",
      "expected a condition on the columns of one row, found a window (OVER) in 'row_number() OVER () "
        + "< 3'"
    ),
    (
      "COLUMNS(*) > 1",
      "expected a condition on the columns of one row, found all columns (*) in 'COLUMNS(*) > 1'"
    ),
    (
      "n > ?",
      "expected a condition on the columns of one row, found a parameter (? or $) in 'n > ?'"
    ),
    (
      "RANDOM() < 0.5",
      "expected a condition that always gives the same result, found 'random' in 'RANDOM() < 0.5'; "
        + "write the value itself"
    ),
    (
      "current_date > DATE '2020-01-01'",
      "expected a condition that always gives the same result, found 'current_date' in "
        + "'current_date > DATE '2020-01-01''; write the value itself"
    ),
  ])
  func whatIsNoConditionOnARow(condition: String, message: String) throws {
    try sample(.csv)
    #expect(
      refusal(condition).replacing("\n", with: " ") == "--where: " + message, "\(condition)")
  }

  @Test(arguments: [
    ("m > 1", "Referenced column \"m\" not found"), ("count(*) > 1", "cannot contain aggregates"),
    ("nosuchfunction(n)", "nosuchfunction"), ("text", "Could not convert string 'x, y' to BOOL"),
    ("CAST(text AS INT) > 1", "Could not convert string 'x, y'"),
    ("getenv('HOME') <> ''", "getenv is disabled"),
    ("read_text('/etc/hostname') <> ''", "read_text"),
  ])
  func whatDoesNotFitTheFileNamesIt(condition: String, reason: String) throws {
    try sample(.csv)
    let text = refusal(condition)
    #expect(
      text.hasPrefix("\(folder("in/metadata/metadata_0.csv")): --where '\(condition)': "), "\(text)"
    )
    #expect(text.contains(reason), "\(text)")
    #expect(text.hasSuffix("; correct the condition or the file"), "\(text)")
  }

  /// Nothing is read, written or run, whatever the text tries.
  @Test(arguments: [
    "n > 1); COPY (SELECT 1) TO 'OUT'; SELECT (1", "n > 1; COPY (SELECT 1) TO 'OUT'",
    "n > (SELECT count(*) FROM read_csv('SECRET'))", "EXISTS (SELECT * FROM read_text('SECRET'))",
    "1) FROM read_csv('SECRET') WHERE (1",
    "1) UNION ALL SELECT (SELECT content FROM read_text('SECRET')",
    "n > 1\n.shell touch OUT", "n > 1;\n.shell touch OUT\n", "n > 1 --\n.output OUT\n",
    "n > 1); ATTACH 'OUT' AS a; SELECT (1", "n > 1); INSTALL httpfs; SELECT (1",
    "n > 1); SET enable_external_access=true; SELECT (1",
    "'OUT' || chr(0) > ''; EXPORT DATABASE 'OUT'",
    "n > 1 INTO OUTFILE 'OUT'", "write_log('OUT')", "(FROM glob('SECRET*'))",
    "getvariable('a') = 1",
  ])
  func nothingElseIsTouched(condition: String) throws {
    try sample(.csv)
    let secret = try folder.write("secret.csv", "a\n1\n")
    let before = try contents(below: folder.path)
    let text = condition.replacing("OUT", with: folder("out")).replacing("SECRET", with: secret)
    let answer = refusal(text)
    #expect(answer.contains("--where"), "\(answer)")
    #expect(!answer.contains("no error"), "\(answer)")
    #expect(try contents(below: folder.path) == before)
  }

  @Test func aLongConditionAndAMissingProgram() throws {
    try sample(.csv)
    let long = "n IN (" + (0..<9000).map(String.init).joined(separator: ", ") + ")"
    #expect(
      refusal(long) == "--where: expected at most 32768 bytes, found \(long.utf8.count)")
    let dataset = try Dataset.discover([folder("in")], options())
    var without = options()
    without.environment = ["PATH": folder.path]
    #expect(throws: WinnowError.self) { _ = try RowCondition("n > 1", dataset, without) }
    do { _ = try RowCondition("n > 1", dataset, without) } catch {
      #expect(
        "\(error)"
          == "--where: the condition needs the program 'duckdb', found none on PATH; install it "
          + "(pip install duckdb-cli) or filter the inputs beforehand")
    }
  }

  @Test func anotherNumberOfRows() throws {
    try folder.shard(0, rows: 3, "uid,n\na,1\nb,2\n")
    #expect(
      refusal("n > 1")
        == "\(folder("in/metadata/metadata_0.csv")): expected 3 rows, as many as "
        + "\(folder("in/img_emb/img_emb_0.npy")) has, found 2; the two do not belong together: write "
        + "both again from the same items")
  }
}
