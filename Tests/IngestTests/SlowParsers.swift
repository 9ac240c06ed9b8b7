// The obvious parsers that the streaming ones must agree with: whole files, one character after
// the other, and Foundation for JSON.

import Foundation

/// Every record of a CSV text as its fields; blank lines are left out.
func slowCSV(_ bytes: [UInt8]) -> [[String]] {
  var records: [[String]] = []
  var fields: [String] = []
  var field: [UInt8] = []
  var isQuoted = false
  var wasQuoted = false
  var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  func endField() {
    fields.append(String(decoding: field, as: UTF8.self))
    field = []
  }
  func endRecord() {
    if fields.isEmpty && field.isEmpty && !wasQuoted { return }
    endField()
    records.append(fields)
    fields = []
    wasQuoted = false
  }
  while let byte = rest.popFirst() {
    switch Character(Unicode.Scalar(byte)) {
    case "\"" where isQuoted && rest.first == byte:
      rest.removeFirst()
      field.append(byte)
    case "\"" where isQuoted:
      isQuoted = false
    case _ where isQuoted:
      field.append(byte)
    case "\"" where field.isEmpty && !wasQuoted:
      isQuoted = true
      wasQuoted = true
    case ",":
      endField()
      wasQuoted = false
    case "\r" where rest.first == 0x0A:
      continue
    case "\n":
      endRecord()
    default:
      field.append(byte)
    }
  }
  endRecord()
  return records
}

/// The rows of a CSV text with the columns uid, caption and similarity.
func slowCSVRows(_ bytes: [UInt8]) -> [Row] {
  let records = slowCSV(bytes)
  func value(_ record: [String], _ name: String) -> String? {
    let text = record[records[0].firstIndex(of: name)!]
    return text.isEmpty ? nil : text
  }
  return records.dropFirst().map { record in
    Row(
      key: value(record, "uid"), caption: value(record, "caption"),
      similarity: value(record, "similarity").flatMap(Double.init).map { Float($0) })
  }
}

/// The rows of JSON lines with the fields uid, caption and similarity.
func slowJSONRows(_ bytes: [UInt8]) throws -> [Row] {
  try bytes.split(separator: 0x0A).compactMap { line in
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return nil }
    let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
    let caption = object["caption"] as? String
    return Row(
      key: object["uid"] as? String, caption: caption == "" ? nil : caption,
      similarity: (object["similarity"] as? NSNumber).map { Float($0.doubleValue) })
  }
}
