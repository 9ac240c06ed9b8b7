import Ingest
import TestSupport
import Testing

/// What is wrong inside CSV and JSON lines, with its exact words.
struct TextMetadataErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("uid\na\n", "found 1"), ("uid\na\nb\nc\nd\n", "found 4"), ("uid\n", "found 0"),
  ])
  func csvRowCount(text: String, found: String) throws {
    try folder.shard(0, rows: 2, text)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.csv: expected 2 rows, as many as "
        + "FOLDER/in/img_emb/img_emb_0.npy has, \(found); the two do not belong together: write "
        + "both again from the same items")
  }

  @Test func jsonRowCount() throws {
    try folder.shard(0, rows: 2, #"{"uid":"a"}"#, .jsonLines)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.jsonl: expected 2 rows, as many as "
        + "FOLDER/in/img_emb/img_emb_0.npy has, found 1; the two do not belong together: write "
        + "both again from the same items")
  }

  @Test(arguments: [
    (
      "uid,caption\na,b\nc\n",
      "line 3: expected 2 fields as in the header, found 1; put fields with commas or newlines "
        + "into double quotes"
    ),
    (
      "uid,caption\n\"a\n\n\",b\nc,d,e\n",
      "line 5: expected 2 fields as in the header, found 3; put fields with commas or newlines "
        + "into double quotes"
    ),
    (
      "uid,caption\na,\"b\nc\"d\ne,f\n",
      "line 3: expected a comma or the end of the line after a closing double quote, found 'd'; "
        + "double the quotes inside a field"
    ),
    (
      "uid,caption\na,\"b\"\r\r\n",
      "line 2: expected a comma or the end of the line after a closing double quote, found byte "
        + "0xD; double the quotes inside a field"
    ),
    (
      "uid,caption\na,b\nc,\"d\n",
      "line 3: expected a closing double quote, found the end of the file; close the quote or "
        + "fetch the file again: it may be truncated"
    ),
    (
      "uid,similarity\na,0.5\nb,high\n",
      "line 3: expected a numeric similarity, found 'high'; leave it empty where it is missing, or "
        + "choose another column with --similarity"
    ),
    (
      "uid,similarity\na,inf\nb,1\n",
      "line 2: expected a numeric similarity, found 'inf'; leave it empty where it is missing, or "
        + "choose another column with --similarity"
    ),
    (
      "uid,similarity\na,0x1p3\nb,1\n",
      "line 2: expected a numeric similarity, found '0x1p3'; leave it empty where it is missing, "
        + "or choose another column with --similarity"
    ),
    (
      "uid,similarity\na,\"\u{1B}[2J 0123456789 0123456789 0123456789 0123456789\"\nb,1\n",
      "line 2: expected a numeric similarity, found '?[2J 0123456789 0123456789 0123456789 01…'; "
        + "leave it empty where it is missing, or choose another column with --similarity"
    ),
    (
      "uid,caption\na,b\n,d\n",
      "line 3: expected a key, found none; every item needs one: choose another column with --key"
    ),
  ])
  func csv(text: String, complaint: String) throws {
    try folder.shard(0, rows: 2, text)
    #expect(readingComplaint(folder) == "FOLDER/in/metadata/metadata_0.csv, " + complaint)
  }

  @Test(arguments: [
    ("[1]", "expected a JSON object, found '['"),
    ("uid", "expected a JSON object, found 'u'"),
    (#"{"uid":"b"} {"uid":"c"}"#, "expected the end of the line, found '{'"),
    (#"{"uid":"b""#, "expected ',' or '}', found the end of the line"),
    (#"{"uid":"b"#, "expected a closing double quote, found the end of the line"),
    (#"{"uid"="b"}"#, "expected ':', found '='"),
    (#"{uid:"b"}"#, "expected a string in double quotes, found 'u'"),
    (#"{"uid":"b",}"#, "expected a string in double quotes, found '}'"),
    (#"{"uid":}"#, "expected a value, found '}'"),
    (#"{"x":nul,"uid":"b"}"#, "expected a value, found 'n'"),
    (#"{"x":[1 2],"uid":"b"}"#, "expected ',' or ']', found '2'"),
    (#"{"x":[1},"uid":"b"}"#, "expected ',' or ']', found '}'"),
    (#"{"x":{"y":1],"uid":"b"}"#, "expected ',' or '}', found ']'"),
    (#"{"uid":1.}"#, "expected a digit after the decimal point, found '}'"),
    (#"{"uid":1e}"#, "expected a digit in the exponent, found '}'"),
    (#"{"uid":-}"#, "expected a number, found '}'"),
    (#"{"uid":01}"#, "expected a number, found '}'"),
    (#"{"uid":"\x"}"#, #"expected an escape (\" \\ \/ \b \f \n \r \t \uXXXX), found 'x'"#),
    (#"{"uid":"\u12G4"}"#, #"expected four hex digits after \u, found 'G'"#),
    ("{\"uid\":\"a\tb\"}", "expected a string without control characters, found byte 0x9"),
    (
      #"{"uid":["b"]}"#,
      "expected a string, a number or null in the field 'uid', found an array"
    ),
    (
      #"{"uid":true}"#, "expected a string, a number or null in the field 'uid', found a boolean"
    ),
  ])
  func json(line: String, complaint: String) throws {
    try folder.shard(0, rows: 2, "{\"uid\":\"a\"}\n\(line)\n", .jsonLines)
    // Discovery looks at the first lines already; a field of the wrong kind shows when it is read.
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.jsonl, line 2: \(complaint); write one JSON object per "
        + "line"
    )
  }

  @Test func nestedTooDeep() throws {
    let deep = String(repeating: "[", count: 600)
    try folder.shard(0, rows: 1, "{\"uid\":\"a\",\"x\":\(deep)\n", .jsonLines)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.jsonl, line 1: expected at most 512 levels, found more; "
        + "write one JSON object per line")
  }

  @Test(arguments: [#"{"caption":"x"}"#, #"{"uid":null}"#, #"{"uid":""}"#])
  func jsonKeyMissing(line: String) throws {
    try folder.shard(0, rows: 2, "{\"uid\":\"a\"}\n\n\(line)\n", .jsonLines)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.jsonl, line 3: expected a key, found none; every item "
        + "needs one: choose another column with --key")
  }

  @Test func keysMustBeText() throws {
    try folder.shard(0, rows: 2, Array("uid\na\nb".utf8) + [0xE9, 0x0A])
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.csv, line 3: expected a key in UTF-8, found other bytes; "
        + "convert the file, for example with iconv -f latin1 -t utf-8")
    try folder.shard(0, rows: 1, #"{"uid":"\ud800"}"#, .jsonLines, in: "jsonl")
    #expect(
      message(folder) { _ = try allRows(folder("jsonl")) }
        == "FOLDER/jsonl/metadata/metadata_0.jsonl, line 1: expected a key, found one with half a "
        + "surrogate pair; every item needs one: choose another column with --key")
  }

  @Test func recordsWithoutEnd() throws {
    let filler = [UInt8](repeating: 0x61, count: 65 << 20)
    try folder.shard(0, rows: 1, Array("uid,caption\na,\"".utf8) + filler)
    #expect(
      readingComplaint(folder)
        == "FOLDER/in/metadata/metadata_0.csv, line 2: expected a record of at most 67108864 "
        + "bytes, found more; look for a double quote that is never closed")
    try folder.shard(0, rows: 1, Array("{\"uid\":\"".utf8) + filler, .jsonLines, in: "jsonl")
    #expect(
      message(folder) { _ = try allRows(folder("jsonl")) }
        == "FOLDER/jsonl/metadata/metadata_0.jsonl, line 1: expected a line of at most 67108864 "
        + "bytes, found more; write one JSON object per line")
  }

  @Test func aFileThatChangedMeanwhile() throws {
    try folder.shard(0, rows: 1, "uid\na\n")
    let dataset = try Dataset.discover([folder("in")], options())
    try folder.write("in/metadata/metadata_0.csv", "key\na\n")
    #expect(
      message(folder) { _ = try allRows(dataset, options()) }
        == "FOLDER/in/metadata/metadata_0.csv: expected a column 'uid', found none; it was changed "
        + "while it was read: start again")
  }
}
