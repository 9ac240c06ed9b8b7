// Ray runs the tasks of a build: `winnow build --on ray`.  Ray's interface is Python, so a program in
// Python (assets/ray/winnow_ray.py) talks to the cluster, and this engine talks to that program, which
// RayDriver runs.  Nothing of Ray is needed to build winnow, nor to run it without `--on`.

import FoundationEssentials
import Foundations
import Storage
import Synchronization
import Tasks

/// A Ray cluster that does tasks.
package final class RayEngine: TaskEngine {
  /// The address of the cluster of this machine: the one that `RAY_ADDRESS` names, or that runs here, or
  /// one that is started and ends with the build.
  package static let local = "auto"

  package let name = "ray"
  private let driver: RayDriver
  /// Seconds that the end of tasks or of the driver is waited for.
  private let patience: Double
  private let message: @Sendable (String) -> Void
  private let requests = Atomic<Int>(0)

  private init(
    _ driver: RayDriver, patience: Double, message: @escaping @Sendable (String) -> Void
  ) {
    self.driver = driver
    self.patience = patience
    self.message = message
  }

  deinit { driver.endInput() }

  /// Connects to a cluster.
  ///
  /// - Parameters:
  ///   - address: ``local`` or `ray://HOST:PORT`.
  ///   - workspace: the workspace that is built; nodes see it under the same absolute path.
  ///   - environment: `WINNOW_PYTHON` (else `python3` of `PATH`) runs the program that `WINNOW_RAY` names
  ///     (else the bundled one); nodes run the winnow that `WINNOW_WORKER` names, else this very file.
  ///   - patience: seconds that ``stop()`` and a cancelled run wait for what they end.
  ///   - message: told what people may want to know, from any thread.
  ///   - isCancelled: asked again and again until there is a connection.
  /// - Throws: ``WinnowError``: no Python, no Ray, no cluster, or another version; `interrupted`.
  package static func start(
    address: String, workspace: String,
    environment: [String: String] = ProcessInfo.processInfo.environment, patience: Double = 10,
    message: @escaping @Sendable (String) -> Void,
    isCancelled: @Sendable () -> Bool = { Interruption.isAsked }
  ) throws(WinnowError) -> RayEngine {
    let wanted = environment["WINNOW_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    guard let python = findProgram(wanted ?? "python3", environment["PATH"] ?? "") else {
      throw .invalid(
        "--on ray: Ray needs Python, found no \(wanted ?? "python3 on PATH"); install it with Ray "
          + "(pip install 'ray[client]'), or name one that has it with WINNOW_PYTHON")
    }
    let script: String
    do { script = try BundledAsset.ray.find(environment) } catch {
      throw .invalid(Failure(error).text)
    }
    let worker = environment["WINNOW_WORKER"].flatMap { $0.isEmpty ? nil : $0 }
    let driver = try RayDriver(
      python, script, address: address, winnow: absolutePath(worker ?? programPath()),
      workspace: absolutePath(workspace), environment)
    let engine = RayEngine(driver, patience: patience, message: message)
    do throws(WinnowError) {
      while true {
        for answer in try driver.answers(to: nil, within: 0.05) {
          guard let ready = answer.ready else { continue }
          message(
            "Ray \(ready.ray): \(counted(ready.nodes, "node")), \(counted(ready.cpus, "CPU"))")
          return engine
        }
        if isCancelled() { throw .interrupted }
      }
    } catch {
      engine.stop()
      throw error
    }
  }

  package func run(
    _ request: TaskRequest, finished: @escaping @Sendable (Int) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(WinnowError) {
    let id = requests.wrappingAdd(1, ordering: .relaxed).newValue
    driver.expectAnswers(to: id)
    defer { driver.expectNoAnswers(to: id) }
    var left = Set(request.tasks)
    do throws(WinnowError) {
      try driver.ask(
        .init(
          id: id, run: request.stage, tasks: request.tasks, threads: request.threads,
          memory: request.memory))
      while !left.isEmpty {
        if isCancelled() { throw .interrupted }
        for answer in try driver.answers(to: id, within: 0.05) {
          if let task = answer.done, left.remove(task) != nil { finished(task) }
          if let task = answer.again {
            message("\(request.stage) \(task) is being retried: \(answer.why ?? "it was lost")")
          }
          if let failure = answer.failure(of: request.stage) { throw .invalid(failure) }
        }
      }
    } catch {
      endTasks(id)
      throw error
    }
  }

  /// Cancels the tasks of a request and waits, within patience, until none of them runs any more.
  private func endTasks(_ id: Int) {
    let start = ContinuousClock.now
    do throws(WinnowError) {
      try driver.ask(.init(id: id, cancel: true))
      while ContinuousClock.now - start < .seconds(patience) {
        if try driver.answers(to: id, within: 0.05).contains(where: { $0.cancelled == true }) {
          return
        }
      }
    } catch {
      // The driver is gone, and Ray ends the tasks of one that is.
    }
  }

  /// Ends the connection, and with it all tasks that still run; returns when the driver has ended, which
  /// is killed where it takes longer than patience.
  package func stop() { driver.end(within: patience) }
}
