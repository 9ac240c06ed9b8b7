// JSON lines: one object a line; blank lines are skipped.  Of a name that occurs twice the last
// one counts, as in Python.  Only top-level fields are looked at.

import Foundations
import Glibc

final class JSONLinesParser: RecordParser {
  private let path: String
  private let window: RecordWindow
  private let wanted: [[UInt8]]
  /// From this slot on, what is neither text nor a number is missing.
  private let firstNumber: Int
  private let namesLines: Bool
  private var line = 0
  private var name = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 10)

  /// - Parameters:
  ///   - wanted: names of the fields to take, in the order of the record's slots.
  ///   - numbers: names of further ones, whose values may be of any kind.
  ///   - namesLines: whether errors name the line (a file of the user's) or the row (the output
  ///     of a program).
  init(
    _ source: any ByteSource, path: String, wanted: [String], numbers: [String] = [],
    namesLines: Bool = true
  ) throws(WinnowError) {
    self.path = path
    self.wanted = (wanted + numbers).map { Array($0.utf8) }
    firstNumber = wanted.count
    self.namesLines = namesLines
    window = try RecordWindow(source)
  }

  deinit { name.deallocate() }

  func next(_ record: Record) throws(WinnowError) -> Bool {
    guard let length = try nextLine() else { return false }
    record.begin(atMost: length)
    record.line = namesLines ? line : 0
    var scanner = JSONScanner(window.bytes, length)
    do throws(JSONFault) { try object(&scanner, record) } catch { throw describe(error) }
    window.drop(min(length + 1, window.count))
    return true
  }

  /// The names of the next line's fields with the kinds of their values, or nil at the end.
  func nextFields() throws(WinnowError) -> [(name: String, kind: JSONScanner.Kind)]? {
    guard let length = try nextLine() else { return nil }
    var found: [(name: String, kind: JSONScanner.Kind)] = []
    var scanner = JSONScanner(window.bytes, length)
    do throws(JSONFault) {
      try fields(&scanner) { (name, scanner) throws(JSONFault) in
        found.append((String(decoding: name, as: UTF8.self), try scanner.kind()))
        try scanner.skip()
      }
    } catch { throw describe(error) }
    window.drop(min(length + 1, window.count))
    return found
  }

  private func describe(_ fault: JSONFault) -> WinnowError {
    WinnowError(
      path: path, place: namesLines ? "line \(line)" : "row \(line - 1)",
      fault: "expected \(fault.expected), found \(fault.found)",
      remedy: namesLines ? "write one JSON object per line" : nil)
  }

  /// Brings a line that is not blank to the window's beginning.
  ///
  /// - Returns: its length without the newline.
  private func nextLine() throws(WinnowError) -> Int? {
    while true {
      line += 1
      var searched = 0
      var length: Int?
      while length == nil {
        if let found = memchr(window.bytes + searched, 0x0A, window.count - searched) {
          length = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - window.bytes
          break
        }
        searched = window.count
        if window.isOverfull {
          throw WinnowError(
            path: path, place: "line \(line)",
            fault: "expected a line of at most \(RecordWindow.longestRecord) bytes, found more",
            remedy: "write one JSON object per line")
        }
        if try !window.extend() { length = window.count }
      }
      guard let length else { continue }
      var scanner = JSONScanner(window.bytes, length)
      if scanner.peek() != nil { return length }
      if length >= window.count && window.isAtEnd { return nil }
      window.drop(min(length + 1, window.count))
    }
  }

  /// Takes the wanted fields of the line's object.
  private func object(
    _ scanner: inout JSONScanner, _ record: Record
  ) throws(JSONFault) {
    try fields(&scanner) { (name, scanner) throws(JSONFault) in
      guard let slot = wanted.firstIndex(where: { $0.elementsEqual(name) }) else {
        return try scanner.skip()
      }
      switch try scanner.kind() {
      case .string:
        let (length, isBroken) = try scanner.string(into: record.free)
        record.keep(length, as: slot, isBroken: isBroken)
      case .number:
        let range = try scanner.number()
        memcpy(record.free, scanner.bytes + range.lowerBound, range.count)
        record.keep(range.count, as: slot)
      case .null:
        try scanner.word()
        record.clear(slot)
      case .boolean, .array, .object:
        if slot >= firstNumber {
          record.clear(slot)
          return try scanner.skip()
        }
        let found = try scanner.kind().rawValue
        throw JSONFault(
          expected: "a string, a number or null in the field "
            + "'\(String(decoding: name, as: UTF8.self))'", found: found)
      }
    }
  }

  /// Calls `body` at the value of every top-level field; it must move behind the value.
  @inline(__always)
  private func fields(
    _ scanner: inout JSONScanner,
    _ body: (UnsafeBufferPointer<UInt8>, inout JSONScanner) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard scanner.take("{") else { throw scanner.fault("a JSON object") }
    if !scanner.take("}") {
      repeat {
        if name.count < scanner.count - scanner.position {
          name.deallocate()
          name = .allocate(capacity: 2 * scanner.count)
        }
        let (length, _) = try scanner.string(into: name.baseAddress!)
        guard scanner.take(":") else { throw scanner.fault("':'") }
        try body(UnsafeBufferPointer(rebasing: name[..<length]), &scanner)
      } while scanner.take(",")
      guard scanner.take("}") else { throw scanner.fault("',' or '}'") }
    }
    guard scanner.peek() == nil else { throw scanner.fault("the end of the line") }
  }
}
