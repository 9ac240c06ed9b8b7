// Peak rates of this machine, measured: what a kernel's rate is set beside.

import Foundations
import Glibc
import MachinePeak
import Storage

/// One measured rate.
struct Rate: Encodable {
  let name: String
  let threads: Int
  /// Operations or bytes a second.
  let perSecond: Double
  let unit: String
}

enum Peak {
  /// The loops that this processor can run, by their number in `MachinePeak.h`.
  static var loops: [Int32] {
    (0..<Int32(bitPattern: MP_LOOPS.rawValue)).filter { mp_available($0) != 0 }
  }

  static func name(_ loop: Int32) -> String { String(cString: mp_name(loop)) }

  static func kind(_ loop: Int32) -> String { String(cString: mp_kind(loop)) }

  /// Operations a second of one loop on all threads at once: the best of five runs.
  static func rate(_ loop: Int32, threads: Int, seconds: Double = 0.1) -> Double {
    // As many rounds as take one thread about that long.
    let trial: UInt64 = 2_000_000
    let once = max(1e-6, elapsed { _ = mp_run(loop, trial) })
    let rounds = max(1, UInt64(Double(trial) * seconds / once))
    return (0..<5).map { _ in
      let operations = mp_run(loop, 0) + operations(loop, rounds) * Double(threads)
      return operations / elapsed { onAll(threads) { _ in _ = mp_run(loop, rounds) } }
    }.max()!
  }

  /// The best loop of a kind; nil when the processor has none.
  static func best(_ kind: String, threads: Int) -> Double? {
    loops.filter { Self.kind($0) == kind }.map { rate($0, threads: threads) }.max()
  }

  private static func operations(_ loop: Int32, _ rounds: UInt64) -> Double {
    mp_run(loop, 1) * Double(rounds)
  }

  /// SHA-256 in bytes a second, of a buffer that stays in the cache.
  static func digestRate(threads: Int) -> Double {
    let block = [UInt8](repeating: 7, count: 1 << 18)
    let blocks = 1024
    return (0..<3).map { _ in
      let seconds = elapsed {
        onAll(threads) { _ in
          var digest = Digest()
          for _ in 0..<blocks { digest.update(block) }
          precondition(digest.hex().utf8.count == 64)
        }
      }
      return Double(blocks * block.count * threads) / seconds
    }.max()!
  }

  /// Bytes a second of `pread` into a buffer of 2 MiB a thread, each thread its part of the file.
  ///
  /// - Parameter direct: past the page cache; nil is returned where that is not possible.
  static func readRate(_ path: String, threads: Int, direct: Bool, runs: Int) -> Double? {
    let descriptor = direct ? mp_open_direct(path) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let block = 2 << 20
    let size = Int(lseek(descriptor, 0, SEEK_END)) / block / threads * block
    let buffers = (0..<threads).map { _ in
      UnsafeMutableRawPointer.allocate(byteCount: block, alignment: 4096)
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    // Sound: each thread has its own buffer.
    nonisolated(unsafe) let space = buffers
    var best = 0.0
    for _ in 0..<runs {
      let seconds = elapsed {
        onAll(threads) { thread in
          for start in stride(from: 0, to: size, by: block) {
            let count = pread(descriptor, space[thread], block, off_t(thread * size + start))
            precondition(count == block, "\(path): it was cut while it was read")
          }
        }
      }
      best = max(best, Double(size * threads) / seconds)
    }
    return best
  }
}

/// Runs `body` once on each of so many threads, at the same time.
func onAll(_ threads: Int, _ body: @Sendable (Int) -> Void) {
  parallel(tasks: threads, threads: threads) { _, task in body(task) }
}

/// Wall-clock seconds of a call.
func elapsed(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body).components
  return Double(time.seconds) + Double(time.attoseconds) * 1e-18
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
