// key_order.npy by runs and parts, against a plain sort of all keys.

import Build
import BuildSupport
import Foundation
import Foundations
import Storage
import Synchronization
import TestSupport
import Testing

struct KeyOrderTests {
  enum Kind: CaseIterable, Sendable { case random, same, prefixed, zeros, nested, long }

  private func keys(_ kind: Kind, _ count: Int) -> [[UInt8]] {
    var random = SeededRandom(UInt64(count) + 3)
    func bytes(_ most: Int, _ alphabet: ClosedRange<UInt8>) -> [UInt8] {
      (0..<Int.random(in: 1...most, using: &random)).map { _ in
        UInt8.random(in: alphabet, using: &random)
      }
    }
    return (0..<count).map { row in
      switch kind {
      case .random: bytes(20, 0...255)
      case .same: Array("the same key for all".utf8)
      case .prefixed: Array("https://example.com/images/\(row / 3 * 7919 % 5000)".utf8)
      // What pads short keys must not be taken for what long ones have.
      case .zeros: bytes(20, 0...1).map { $0 * 9 }
      case .nested: [UInt8](repeating: 97, count: Int.random(in: 1...60, using: &random))
      case .long: row % 9 == 0 ? bytes(3000, 97...98) : bytes(2, 97...122)
      }
    }
  }

  private func slow(_ keys: [[UInt8]]) -> [Int] {
    keys.indices.sorted {
      keys[$0] == keys[$1] ? $0 < $1 : keys[$0].lexicographicallyPrecedes(keys[$1])
    }
  }

  private func text(_ keys: [[UInt8]], in folder: TemporaryFolder) throws {
    try FileManager.default.createDirectory(
      atPath: folder("keys"), withIntermediateDirectories: true)
    var writer = try StringColumnWriter(folder: folder("keys"), rows: keys.count)
    for key in keys { try writer.append(bytes: Array(key), offsets: [0, key.count]) }
    _ = try writer.commit()
  }

  /// Writes key_order.npy as the stages of a build do.
  private func write(
    _ order: KeyOrder, in folder: TemporaryFolder, threads: Int = 1,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> RepeatedKeys {
    try FileManager.default.createDirectory(
      atPath: folder("sorting"), withIntermediateDirectories: true)
    func paths(_ name: String, _ count: Int) -> [String] {
      (0..<count).map { folder("sorting/\(name)-\($0)") }
    }
    let runs = try order.runs()
    let runPaths = paths("run", runs.count)
    try parallel(tasks: runs.count, threads: threads, isCancelled: isCancelled) {
      (_, run) throws(WinnowError) in try order.write(run: runs[run], to: runPaths[run])
    }
    let parts = try order.parts(of: runPaths)
    let partPaths = paths("part", parts.count)
    try parallel(tasks: parts.count, threads: threads, isCancelled: isCancelled) {
      (_, part) throws(WinnowError) in try order.write(part, of: parts, to: partPaths[part])
    }
    return try order.join(partPaths, of: parts, isCancelled: isCancelled).1
  }

  private func order(
    _ kind: String, _ rows: Int, _ folder: TemporaryFolder, memory: Int, threads: Int = 1,
    rowBytes: Int? = nil, keys: [[UInt8]]? = nil
  ) throws -> [Int] {
    let repeated = try write(
      KeyOrder(
        folder: folder("."), kind: kind, rows: rows, share: memory / threads, rowBytes: rowBytes),
      in: folder, threads: threads)
    if let keys {
      let order = slow(keys)
      let again = order.indices.dropFirst().filter { keys[order[$0 - 1]] == keys[order[$0]] }
      #expect(repeated.count == again.count)
      #expect(repeated.first == (again.first.map { [order[$0 - 1], order[$0]] } ?? []))
    }
    let found = try NpyArray(folder("key_order.npy"))
    #expect(found.fields.map(\.code) == [rowBytes == 8 ? "u8" : "u4"])
    return found.integers()
  }

  @Test(arguments: Kind.allCases, [1, 2, 60, 1500])
  func textEqualsAPlainSort(kind: Kind, count: Int) throws {
    let folder = try TemporaryFolder()
    let keys = keys(kind, count)
    try text(keys, in: folder)
    let expected = slow(keys)
    for (memory, bytes) in [(1 << 30, nil), (20_000, 8), (4_000, nil)] as [(Int, Int?)] {
      #expect(
        try order(
          "text", count, folder, memory: memory, threads: 2, rowBytes: bytes, keys: keys)
          == expected)
    }
    if count <= 60 {
      #expect(try order("text", count, folder, memory: 1, keys: keys) == expected)
    }
  }

  @Test(arguments: [1, 40, 1500], [0, 3, 64])
  func hexEqualsAPlainSort(count: Int, bits: Int) throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(UInt64(bits))
    // Few bits make many equal keys, or keys that are equal in their first half.
    let mask: UInt64 = bits == 64 ? .max : (1 << UInt64(bits)) - 1
    let halves = (0..<2 * count).map { _ in random.next() & mask << UInt64(bits == 3 ? 61 : 0) }
    try folder.write(
      "keys/hex.npy",
      npyFile(
        descr: "[('f0', '<u8'), ('f1', '<u8')]", shape: "(\(count),)", data: rawBytes(halves)))
    let keys = (0..<count).map { row in
      halves[2 * row...2 * row + 1].flatMap { half in
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: half >> UInt64(8 * $0)) }
      }
    }
    let expected = slow(keys)
    for memory in [1 << 30, 30_000, 3_000] {
      #expect(try order("hex", count, folder, memory: memory, keys: keys) == expected)
    }
  }

  @Test func damagedOffsetsAreRefused() throws {
    let folder = try TemporaryFolder()
    try text(keys(.random, 50), in: folder)
    let url = URL(fileURLWithPath: folder("keys/offsets.npy"))
    var bytes = [UInt8](try Data(contentsOf: url))
    bytes[bytes.count - 8 * 20 + 7] = 0x40
    try Data(bytes).write(to: url)
    let message = refusal { _ = try order("text", 50, folder, memory: 1 << 20) }
    #expect(message?.contains("offsets in ascending order") == true, "\(message ?? "")")
  }

  @Test func stopsWhenAsked() throws {
    let folder = try TemporaryFolder()
    try text(keys(.random, 900), in: folder)
    for stop in [0, 1, 5, 15] {
      let asked = Mutex(0)
      let message = refusal {
        _ = try write(
          KeyOrder(folder: folder("."), kind: "text", rows: 900, share: 8_000), in: folder
        ) {
          asked.withLock {
            $0 += 1
            return $0 > stop
          }
        }
      }
      #expect(message == "interrupted: nothing was written")
      #expect(!(try folder.names().contains("key_order.npy")))
    }
  }
}
