// Values as JSON, read and written one way everywhere.

import FoundationEssentials
import Foundations

/// The value that some bytes are the JSON of; nil when they are not.
public func decodeJSON<Value: Decodable>(
  _ type: Value.Type, _ bytes: some Sequence<UInt8>
) -> Value? {
  try? JSONDecoder().decode(type, from: Data(bytes))
}

/// Sorted keys, a newline at the end: the same value, the same bytes.
///
/// - Parameter isOneLine: else a line for each field, with two blanks of indentation.
public func encodeJSON(
  _ value: some Encodable, isOneLine: Bool = false
) throws(WinnowError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
  do {
    return Array(try encoder.encode(value)) + [0x0A]
  } catch {
    throw .invalid("cannot write JSON: \(error)")
  }
}
