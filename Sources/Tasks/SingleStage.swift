// A stage of one task, which makes files of the workspace itself.  Its result lists them with size and
// SHA-256, and holds what later stages need to know.

import Foundations
import Storage
import Synchronization

package protocol SingleStage<Job>: Stage {
  associatedtype Value: Codable & Sendable

  /// Bytes that it reads and writes, about.
  func bytes(_ job: Job) -> Int
  /// Makes the files, and returns what later stages need to know.
  func make(_ job: Job, _ run: StageRun) throws(WinnowError) -> Value
}

/// The file that a stage of one task leaves.
package enum SingleResultFile {
  package static let name = "result.json"
}

/// What a stage of one task leaves.
struct SingleResult<Value: Codable & Sendable>: Codable, Sendable {
  /// Files below the workspace in the making, by their names.
  var files: [String: FileSeal]
  var value: Value
}

struct SingleFiles: Decodable {
  var files: [String: FileSeal]
}

extension SingleStage {
  package var resultPrefix: String { "result" }
  package func results(_ job: Job) -> [String] { [SingleResultFile.name] }
  package func estimate(_ job: Job) -> TaskEstimate { TaskEstimate(tasks: 1, bytes: bytes(job)) }

  package func isWhole(_ path: String, _ check: ResultCheck) -> Bool {
    guard let result = SealedFile.read(json: SingleResult<Value>.self, path) else { return false }
    return !check.isThorough || check.areWhole(result.files)
  }

  package func perform(_ tasks: [Int], _ job: Job, _ run: StageRun) throws(WinnowError) {
    let value = try make(job, run)
    try SealedFile.write(json: SingleResult(files: run.files.all, value: value), to: run.paths[0])
  }
}

extension ResultCheck {
  /// Whether files are there with these sizes and digests.
  ///
  /// - Complexity: O(bytes): reading a file is cheap beside making it.
  fileprivate func areWhole(_ files: [String: FileSeal]) -> Bool {
    for (name, file) in files where fileSize(folder + "/" + name) != file.size { return false }
    let names = files.keys.sorted()
    let agree = Mutex(true)
    parallel(tasks: names.count, threads: threads) { _, task in
      let digest = try? Digest.ofFile(folder + "/" + names[task])
      if digest != files[names[task]]!.digest { agree.withLock { $0 = false } }
    }
    return agree.withLock { $0 }
  }
}
