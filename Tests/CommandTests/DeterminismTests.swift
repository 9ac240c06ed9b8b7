// The same input, parameters and seed give the same bytes, for any number of threads and on any
// processor.

import Foundation
import TestSupport
import Testing

@Suite struct DeterminismTests {
  /// The bytes of every file that makes the identity of a workspace.
  private func identity(_ workspace: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: workspace)
    where name != "build-log.json" && !name.hasPrefix("plans") && !name.hasPrefix("stage") {
      var isFolder: ObjCBool = false
      let path = "\(workspace)/\(name)"
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if !isFolder.boolValue { files[name] = try Data(contentsOf: URL(fileURLWithPath: path)) }
    }
    return files
  }

  @Test(arguments: [
    ["--threads", "1"], ["--threads", "2"], ["--threads", "5"], ["--kernels", "portable"],
    ["--kernels", "portable", "--threads", "2"],
  ])
  func threadsAndKernelsChangeNothing(flags: [String]) throws {
    let scratch = try TemporaryFolder()
    let reference = try SampleWorkspace.path
    try winnowSucceeds(
      [
        "build", "\(packageRoot())/assets/sample", "-o", scratch("other.winnow"), "--clusters",
        "20",
      ]
        + flags)
    let wanted = try identity(reference)
    let found = try identity(scratch("other.winnow"))
    #expect(found.keys.sorted() == wanted.keys.sorted())
    for (name, bytes) in wanted { #expect(found[name] == bytes, "\(flags): \(name) differs") }
    #expect(try fingerprint(scratch("other.winnow")) == fingerprint(reference))
  }

  /// `winnow info` prints it as 64 hexadecimal digits.
  private func fingerprint(_ workspace: String) throws -> String {
    let output = try winnowSucceeds("info", workspace).output
    let line = output.split(separator: "\n").first { $0.contains("fingerprint") }
    let digits = try line?.firstMatch(of: Regex("[0-9a-f]{64}")).map { String($0.0) }
    return try #require(digits, "\(output)")
  }

  @Test func anotherSeedIsAnotherWorkspace() throws {
    let scratch = try TemporaryFolder()
    try winnowSucceeds(
      "build", "\(packageRoot())/assets/sample", "-o", scratch("other.winnow"), "--clusters", "20",
      "--seed", "2")
    #expect(try identity(scratch("other.winnow")) != identity(try SampleWorkspace.path))
  }

  /// What `sha256sum` says of every file, in order, hashed again: anyone can check it.
  @Test func theFingerprintIsWhatSha256sumSays() throws {
    let workspace = try SampleWorkspace.path
    let result = try ProcessRunner.run(
      "sh",
      [
        "-c",
        """
        find . -type f ! -path ./build-log.json ! -path './plans/*' ! -path './stage/*' \
          | sed 's,^[.]/,,' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1
        """,
      ], folder: workspace)
    #expect(result.output == (try fingerprint(workspace)) + "\n", "\(result.errors)")
  }

  @Test(arguments: ["text", "rows", "datacomp", "csv", "jsonl"], ["hardest", "stratified"])
  func exportsAreTheSameForAnyNumberOfThreads(format: String, order: String) throws {
    let scratch = try TemporaryFolder()
    for threads in ["1", "2", "5"] {
      try winnowSucceeds(
        "export", try SampleWorkspace.path, "--keep", "27.7%", "--order", order, "--format", format,
        "--threads", threads, "-o", scratch("keep-\(threads)"))
    }
    let files = try scratch.contents()
    #expect(files["keep-1"]?.isEmpty == false)
    #expect(files["keep-1"] == files["keep-2"])
    #expect(files["keep-1"] == files["keep-5"])
  }
}
