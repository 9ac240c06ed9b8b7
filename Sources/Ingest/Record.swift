import Foundations

/// The wanted fields of one record, in a buffer that is used again for the next.
final class Record {
  struct Slot {
    var begin = 0
    var end = 0
    /// The text had half a surrogate pair, which became U+FFFD.
    var isBroken = false

    var isEmpty: Bool { begin == end }
  }

  /// One for each wanted field, in the order in which they were asked for.  A field that is
  /// missing, null or empty has no text.
  private(set) var slots: [Slot]
  /// The line on which the record began, from 1; 0 where lines mean nothing to the user.
  var line = 0
  private var space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 12, alignment: 16)
  private var used = 0

  init(fields: Int) {
    slots = Array(repeating: Slot(), count: fields)
  }

  deinit { space.deallocate() }

  /// Begins a new record whose fields have at most `length` bytes together.
  func begin(atMost length: Int) {
    for index in slots.indices { slots[index] = Slot() }
    used = 0
    if space.count < length {
      space.deallocate()
      space = .allocate(byteCount: max(length, 2 * space.count), alignment: 16)
    }
  }

  /// Where the next field's text goes; room for what ``begin(atMost:)`` promised.
  var free: UnsafeMutablePointer<UInt8> {
    (space.baseAddress! + used).assumingMemoryBound(to: UInt8.self)
  }

  /// Says that the `length` bytes at ``free`` are the text of field `slot`, perhaps a new one.
  func keep(_ length: Int, as slot: Int, isBroken: Bool = false) {
    precondition(used + length <= space.count)
    if slot == slots.count { slots.append(Slot()) }
    slots[slot] = Slot(begin: used, end: used + length, isBroken: isBroken)
    used += length
  }

  /// Says that field `slot` has no text after all (a later null of the same name).
  func clear(_ slot: Int) { slots[slot] = Slot() }

  /// The text of field `slot`; valid until the next record begins.
  func text(_ slot: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: space[slots[slot].begin..<slots[slot].end])
  }

  /// The same as a string; what is no UTF-8 becomes replacement characters.
  func string(_ slot: Int) -> String { String(decoding: text(slot), as: UTF8.self) }
}

/// Reads the records of a metadata file one after the other.
protocol RecordParser: AnyObject {
  /// Puts the next record's fields into `record`; false at the end.
  func next(_ record: Record) throws(WinnowError) -> Bool
}
