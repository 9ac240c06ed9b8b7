import Foundation
import Ingest
import TestSupport
import Testing

/// How a program that misbehaves is reported, and that none stays behind.  Shell scripts stand in
/// for `duckdb`.
struct ProgramOutputTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.shard(0, rows: 1, [0], .parquet)
  }

  /// Makes the file a program by way of another process: a file that this one has written could
  /// still be open in a child that another test is just starting, and then cannot be run.
  private func install(_ text: String) throws -> String {
    let source = try folder.write("script", text)
    let result = try ProcessRunner.run("install", ["-m", "755", source, folder("duckdb")])
    guard result.exitCode == 0 else { throw RunFailure("install: \(result.errors)") }
    return folder("duckdb")
  }

  private func program(_ script: String) throws -> IngestOptions {
    let path = try install("#!/bin/sh\n\(script)\n")
    return IngestOptions(duckdb: path, environment: ["PATH": "/usr/bin:/bin", "MARK": "seen"])
  }

  private func complaint(script: String) throws -> String {
    let options = try program(script)
    return IngestTests.complaint(folder, ["in"], options)
  }

  @Test(arguments: [
    ("echo first >&2; echo 'second  line' >&2; exit 3", "failed (exit 3): first second line"),
    ("exit 1", "failed (exit 1)"),
    ("kill -9 $$", "was killed by signal 9"),
    ("printf 'a\\033[31mb\\001' >&2; exit 1", "failed (exit 1): a [31mb"),
    ("echo $MARK >&2; exit 1", "failed (exit 1): seen"),
    (
      "i=0; while [ $i -lt 100 ]; do printf abcdefghij >&2; i=$((i+1)); done; exit 1",
      "failed (exit 1): " + String(repeating: "abcdefghij", count: 30) + "…"
    ),
  ])
  func failures(script: String, report: String) throws {
    #expect(
      try complaint(script: script)
        == "FOLDER/in/metadata/metadata_0.parquet: FOLDER/duckdb \(report)")
  }

  @Test func anotherAnswerThanExpected() throws {
    #expect(
      try complaint(script: "echo '{\"file\": 0, \"name\": \"uid\"}'")
        == "FOLDER/in/metadata/metadata_0.parquet: FOLDER/duckdb gave an unexpected answer; use "
        + "version 1.4 or later (pip install --upgrade duckdb-cli)")
  }

  @Test func notAProgram() throws {
    let path = try install("no interpreter here")
    #expect(
      IngestTests.complaint(folder, ["in"], IngestOptions(duckdb: path, environment: [:]))
        == "FOLDER/in/metadata/metadata_0.parquet: cannot start FOLDER/duckdb: exec format error; "
        + "check that it is a program for this machine")
  }

  /// What the stand-in answers: one row's footer when asked for footers, else `rows`.
  private func standIn(_ rows: String) -> String {
    """
    case "$*" in
      *DESCRIBE*) echo '{"file":0,"name":"uid"}'; echo '{"file":0,"rows":1}';;
      *) \(rows);;
    esac
    """
  }

  @Test func moreComplaintsThanAPipeHolds() throws {
    let options = try program(
      standIn("head -c 1000000 /dev/zero >&2; echo '{\"uid\":\"a\"}'; head -c 300000 /dev/zero >&2")
    )
    #expect(try allRows(folder("in"), options) == [Row(key: "a")])
  }

  @Test func failureBehindTheLastRow() throws {
    let options = try program(standIn("echo '{\"uid\":\"a\"}'; echo disk >&2; exit 1"))
    #expect(
      readingComplaint(folder, options)
        == "FOLDER/in/metadata/metadata_0.parquet: FOLDER/duckdb failed (exit 1): disk")
  }

  @Test func aStreamThatIsDroppedEndsTheProgramAndItsChildren() throws {
    let options = try program(
      standIn("echo $$ > '\(folder("pid"))'; (echo '{\"uid\":\"a\"}'; exec sleep 1000) & wait"))
    let dataset = try Dataset.discover([folder("in")], options)
    do {
      let stream = try MetadataStream(dataset, shard: 0, options)
      _ = consume stream
    }
    // Opening the stream has waited for the first row, before which the number was written.
    let text = try String(contentsOfFile: folder("pid"), encoding: .utf8)
    let process = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    // The shell was killed and reaped when the stream was dropped.
    #expect(kill(process, 0) != 0)
  }
}
