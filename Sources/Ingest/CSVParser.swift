// CSV as RFC 4180 has it: comma, double quotes around fields with commas, quotes and newlines, a
// doubled quote for a quote, a header row.  Line ends are LF or CRLF, a lone CR is data.  Beyond
// the RFC, a quote inside an unquoted field is a plain character, and blank lines are skipped
// where a record has more than one field.

import Foundations
import Glibc

final class CSVParser: RecordParser {
  /// The header's names in order.
  private(set) var header: [String] = []
  private let path: String
  private let window: RecordWindow
  /// For each column the number of the wanted field, or -1; nil takes every field in turn.
  private var targets: [Int]?
  private var line = 1

  init(_ source: any ByteSource, path: String) throws(WinnowError) {
    self.path = path
    window = try RecordWindow(source)
    let record = Record(fields: 0)
    var scan: Scan
    repeat {
      guard let found = try advance(record) else {
        throw WinnowError(
          path: path, fault: "expected a header row, found an empty file",
          remedy: "name the columns in the first line")
      }
      scan = found
    } while scan.isBlank
    header = (0..<scan.fields).map(record.string)
    targets = Array(repeating: -1, count: header.count)
  }

  /// Asks for the columns `names`, each of which the header must have.
  func want(_ names: [String]) {
    for (slot, name) in names.enumerated() {
      targets?[header.firstIndex(of: name)!] = slot
    }
  }

  func next(_ record: Record) throws(WinnowError) -> Bool {
    while let scan = try advance(record) {
      if scan.isBlank && header.count > 1 { continue }
      guard scan.fields == header.count else {
        throw WinnowError(
          path: path, place: "line \(record.line)",
          fault: "expected \(header.count) fields as in the header, found \(scan.fields)",
          remedy: "put fields with commas or newlines into double quotes")
      }
      return true
    }
    return false
  }

  /// What came of looking for one record.
  private struct Scan {
    var fields = 0
    var lines = 0
    var length = 0
    var isBlank = false
  }

  /// Takes one record out of the window, which grows until it holds a whole one; nil at the end.
  private func advance(_ record: Record) throws(WinnowError) -> Scan? {
    while true {
      if window.count > 0 {
        record.begin(atMost: window.count)
        if let scan = try parse(record) {
          window.drop(scan.length)
          record.line = line
          line += scan.lines
          return scan
        }
        if window.isOverfull {
          throw WinnowError(
            path: path, place: "line \(line)",
            fault: "expected a record of at most \(RecordWindow.longestRecord) bytes, found more",
            remedy: "look for a double quote that is never closed")
        }
      }
      if try !window.extend(), window.count == 0 { return nil }
    }
  }

  /// Parses the record at the window's beginning; nil when its end is not in the window yet.
  private func parse(_ record: Record) throws(WinnowError) -> Scan? {
    let bytes = window.bytes
    let count = window.count
    let isAtEnd = window.isAtEnd
    let targets = targets
    let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    let (newline, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    var scan = Scan()
    var position = 0
    while true {
      var slot = scan.fields
      if let targets { slot = slot < targets.count ? targets[slot] : -1 }
      let free = record.free
      var length = 0
      let isQuoted = position < count && bytes[position] == quote
      if isQuoted {
        position += 1
        while true {
          guard let found = memchr(bytes + position, Int32(quote), count - position) else {
            guard isAtEnd else { return nil }
            throw WinnowError(
              path: path, place: "line \(line)",
              fault: "expected a closing double quote, found the end of the file",
              remedy: "close the quote or fetch the file again: it may be truncated")
          }
          let stop = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - bytes
          scan.lines += Self.newlines(bytes + position, stop - position)
          // A doubled quote stands for one, which is copied with the text before it.
          guard stop + 1 < count || isAtEnd else { return nil }
          let isDoubled = stop + 1 < count && bytes[stop + 1] == quote
          let piece = stop - position + (isDoubled ? 1 : 0)
          if slot >= 0 { memcpy(free + length, bytes + position, piece) }
          length += piece
          position = stop + (isDoubled ? 2 : 1)
          if !isDoubled { break }
        }
      } else {
        let begin = position
        while position < count, bytes[position] != comma, bytes[position] != newline {
          position += 1
        }
        guard position < count || isAtEnd else { return nil }
        length = position - begin
        if length > 0, bytes[position - 1] == carriage,
          position == count || bytes[position] == newline
        {
          length -= 1
          position -= 1
        }
        if slot >= 0 { memcpy(free, bytes + begin, length) }
      }
      if slot >= 0 { record.keep(length, as: slot) }
      scan.fields += 1
      if position < count && bytes[position] == comma {
        position += 1
        continue
      }
      // What is left is a line end: LF, CRLF or the end of the file.
      if position < count && bytes[position] == carriage {
        if position + 1 == count && !isAtEnd { return nil }
        if position + 1 == count || bytes[position + 1] == newline { position += 1 }
      }
      guard position == count || bytes[position] == newline else {
        throw WinnowError(
          path: path, place: "line \(line + scan.lines)",
          fault: "expected a comma or the end of the line after a closing double quote, found "
            + shown(bytes[position]),
          remedy: "double the quotes inside a field")
      }
      if position == count && !isAtEnd { return nil }
      scan.isBlank = scan.fields == 1 && length == 0 && !isQuoted
      scan.lines += 1
      scan.length = position < count ? position + 1 : count
      return scan
    }
  }

  private static func newlines(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var found = 0
    for index in 0..<count where bytes[index] == UInt8(ascii: "\n") { found += 1 }
    return found
  }
}

/// A byte for a message: itself where it is printable ASCII, else its value.
func shown(_ byte: UInt8) -> String {
  (0x20..<0x7F).contains(byte)
    ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
}
