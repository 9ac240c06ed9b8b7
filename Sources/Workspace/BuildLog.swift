// build-log.json: how a build went on this machine.  No part of the workspace's identity.

import Storage

/// The contents of `build-log.json`.
public struct BuildLog: Codable, Equatable, Sendable {
  /// An input file that `workspace.json` has no digest of.
  public struct InputRecord: Codable, Equatable, Sendable {
    /// Absolute.
    public var path: String
    /// Bytes.
    public var size: Int
    /// SHA-256 of the whole file.
    public var digest: String

    package init(path: String, size: Int, digest: String) {
      (self.path, self.size, self.digest) = (path, size, digest)
    }
  }

  /// Tasks of a stage.
  public struct Tasks: Codable, Equatable, Sendable {
    /// Done by this build.
    public var done: Int
    /// Finished before, and used again.
    public var before: Int

    package init(done: Int, before: Int) { (self.done, self.before) = (done, before) }
  }

  /// The version of the program that built.
  public var version: String
  /// When the build began, UTC.
  public var started: String
  /// Seconds of every stage, by its name.
  public var seconds: [String: Double]
  /// Tasks of every stage; nil in logs of older programs.
  public var tasks: [String: Tasks]?
  public var threads: Int
  public var instructions: String
  /// Peak resident memory of the process in bytes.
  public var peakMemory: Int
  /// What ran the tasks.
  public var engine: String
  /// Paths of the inputs as they were given.
  public var inputs: [String]
  /// Absolute paths of the shards, in order; nil in logs of older programs.
  public var shards: [String]?
  /// All other input files: metadata in the order of their shards, then given centroids; nil in
  /// logs of older programs.
  public var inputFiles: [InputRecord]?
  /// Size and SHA-256 of every file that makes the workspace's identity.
  public var files: [String: FileSeal]
  public var fingerprint: String

  package init(
    version: String, started: String, seconds: [String: Double], tasks: [String: Tasks],
    threads: Int, instructions: String, peakMemory: Int, engine: String, inputs: [String],
    shards: [String], inputFiles: [InputRecord], files: [String: FileSeal], fingerprint: String
  ) {
    (self.version, self.started, self.seconds) = (version, started, seconds)
    (self.tasks, self.threads, self.instructions) = (tasks, threads, instructions)
    (self.peakMemory, self.engine, self.inputs) = (peakMemory, engine, inputs)
    (self.shards, self.inputFiles, self.files) = (shards, inputFiles, files)
    self.fingerprint = fingerprint
  }

  enum CodingKeys: String, CodingKey {
    case version, started, seconds, tasks, threads, instructions, engine, inputs, files, fingerprint
    case shards
    case inputFiles = "input-files"
    case peakMemory = "peak-memory"
  }

  public static func read(_ path: String) -> BuildLog? {
    (try? InputFile.contents(of: path)).flatMap { decodeJSON(BuildLog.self, $0) }
  }
}
