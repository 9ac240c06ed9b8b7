import ArgumentParser
import FoundationEssentials
import Glibc
import Storage

struct PeakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peak",
    abstract: "The machine's own peak rates: arithmetic, SHA-256, reading.",
    discussion: """
      Arithmetic in loops that touch no memory; reading with pread from the page cache and, where \
      the file system allows it, past it, from a file that is made for it and removed.
      """)

  @Option(help: "Threads beside one.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "The folder for the file that is read.", completion: .directory)
  var folder = "."

  @Option(help: "The file's size in MiB; 0 leaves reading out.")
  var size = 1024

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var rates: [Rate] = []
    let counts = threads > 1 ? [1, threads] : [1]
    for loop in Peak.loops {
      for count in counts {
        rates.append(
          Rate(
            name: Peak.name(loop), threads: count, perSecond: Peak.rate(loop, threads: count),
            unit: "operations"))
      }
    }
    for count in counts {
      rates.append(
        Rate(
          name: "SHA-256", threads: count, perSecond: Peak.digestRate(threads: count),
          unit: "bytes"))
    }
    if size > 0 { rates += try reading(counts) }
    if json { return try printJSON(rates) }
    for rate in rates {
      let giga = (rate.perSecond / 1e8).rounded() / 10
      print("\(rate.name), \(rate.threads) threads: \(giga) G\(rate.unit)/s")
    }
  }

  private func reading(_ counts: [Int]) throws -> [Rate] {
    let path = "\(folder)/winnow-bench.\(getpid()).tmp"
    defer { unlink(path) }
    // Not zeros, and no two blocks alike: a disk may be cleverer than it seems.
    var words = (0..<(1 << 17)).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
    var file = try AtomicFile(path)
    for block in 0..<size {
      words[block % words.count] ^= 0xD1B5_4A32_D192_ED03
      for index in words.indices { words[index] = words[index] &* 0xBF58_476D_1CE4_E5B9 &+ 1 }
      try file.write(elements: words)
    }
    _ = try file.commit()
    var rates: [Rate] = []
    for (name, direct) in [("reading, page cache", false), ("reading, disk", true)] {
      for count in counts {
        let rate = Peak.readRate(path, threads: count, direct: direct, runs: direct ? 1 : 4)
        guard let rate else { continue }
        rates.append(Rate(name: name, threads: count, perSecond: rate, unit: "bytes"))
      }
    }
    return rates
  }
}

/// Prints a value as JSON, keys sorted.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
