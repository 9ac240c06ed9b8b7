// Values as JSON, written one way everywhere.

import FoundationEssentials
import Foundations

/// Sorted keys, two blanks of indentation, a newline at the end: the same value, the same bytes.
public func encodeJSON(_ value: some Encodable) throws(WinnowError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(value)) + [0x0A]
  } catch {
    throw .invalid("cannot write JSON: \(error)")
  }
}
