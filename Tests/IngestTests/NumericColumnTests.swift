// Which columns hold numbers, and their values.

import Foundation
import Ingest
import TestSupport
import Testing

struct NumericColumnTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func columnsOfCSV() throws {
    try folder.shard(
      0, rows: 4,
      """
      uid,width,caption,mixed,empty,dup,dup,score,far
      1,640,3,1,,1,1, -0.5 ,1e300
      2,,4,x,,2,2,1e-3,1
      3,nan,5,3,,3,3,"2",1
      4,18446744073709551615,6,4,,4,4,+7.25,1

      """)
    try folder.shard(
      1, rows: 3, "score,uid,width,caption\nthree,5,0x10,7\n,6,inf,8\n-0,7,007,9\n")
    let found = try allNumbers(folder("in"))
    #expect(
      found == [
        "width": [640, nil, nil, 18_446_744_073_709_551_616, nil, nil, 7],
        "score": [-0.5, 1e-3, 2, 7.25, nil, nil, 0],
      ])
    let layout = try Dataset.discover([folder("in")], options()).layout
    #expect(layout.hasSuffix("similarity none, numbers 'width', 'score'"), "\(layout)")
  }

  @Test func onlyTheFirstThousandLinesOfCSVDecide() throws {
    func file(textAt line: Int) -> String {
      "n\n" + (0..<1200).map { $0 == line ? "text\n" : "\($0)\n" }.joined()
    }
    try folder.shard(0, rows: 1200, file(textAt: 999))
    #expect(try allNumbers(folder("in")) == [:])
    try folder.shard(0, rows: 1200, file(textAt: 1000))
    #expect(
      try allNumbers(folder("in")) == ["n": (0..<1200).map { $0 == 1000 ? nil : Double($0) }])
  }

  @Test func fieldsOfJSONLines() throws {
    try folder.shard(0, rows: 0, "", .jsonLines)
    try folder.shard(
      1, rows: 3,
      #"""
      {"uid": 1, "width": 640, "text": "a", "ok": true, "digits": "12", "list": [1], "none": null}
      {"height": 2.5e2, "uid": 2, "width": null, "text": 7, "similarity": 0.1}
      {"uid": 3, "width": NaN, "height": -0.125}
      """#, .jsonLines)
    try folder.shard(
      2, rows: 4,
      #"""
      {"uid": 4, "width": {"a": [1]}, "height": "12"}
      {"uid": 5, "width": false, "height": Infinity, "similarity": null}
      {"uid": 6, "width": "wide", "height": 1e999}
      {"uid": 7, "width": 1, "text": "b", "width": 2}
      """#, .jsonLines)
    let tenth = Double(Float(0.1))
    #expect(
      try allNumbers(folder("in")) == [
        "similarity": [nil, tenth, nil, nil, nil, nil, nil],
        "width": [640, nil, nil, nil, nil, nil, 2],
        "height": [nil, 250, -0.125, 12, nil, nil, nil],
      ])
  }

  @Test func columnsOfParquet() throws {
    try parquet(
      """
      SELECT * FROM (VALUES
        (1, 640::BIGINT, 0.1::FLOAT, 0.25::DECIMAL(5, 3), 'nan'::DOUBLE, true, '5', [1], 0.5::FLOAT),
        (2, NULL, 0.2::FLOAT, -1, 'inf'::DOUBLE, false, '6', [2], NULL))
        v(uid, width, "a ""b"", c", height, strange, bool, digits, list, similarity)
      """, rows: 2)
    let found = try allNumbers(folder("in"))
    #expect(
      found == [
        "similarity": [0.5, nil], "width": [640, nil], "height": [0.25, -1],
        "a \"b\", c": [Double(Float(0.1)), Double(Float(0.2))], "strange": [nil, nil],
      ])
    // What another file has not, or as text, is no column of numbers.
    try parquet("SELECT 3 AS uid, 'x' AS width, 7::UTINYINT AS height, 1 AS similarity", rows: 1, 1)
    #expect(
      try allNumbers(folder("in")) == ["similarity": [0.5, nil, 1], "height": [0.25, -1, 7]])
  }

  @Test func noMoreThanTheMost() throws {
    let names = (0..<70).map { "c\($0)" }
    try folder.shard(
      0, rows: 1,
      (names + ["similarity"]).joined(separator: ",") + "\n"
        + Array(repeating: "1", count: 71).joined(separator: ",") + "\n")
    #expect(
      try Dataset.discover([folder("in")], options()).columns?.numeric
        == ["similarity"] + names.prefix(MetadataColumns.mostNumeric - 1))
  }

  private func parquet(_ query: String, rows: Int, _ shard: Int = 0) throws {
    try folder.shard(shard, rows: rows, [], .parquet)
    let path = folder("in/metadata/metadata_\(shard).parquet")
    let result = try ProcessRunner.run(
      "duckdb", ["-no-init", "-c", "COPY (\(query)) TO '\(path)' (FORMAT parquet)"])
    guard result.exitCode == 0 else { throw RunFailure("duckdb: \(result.errors)") }
  }
}
