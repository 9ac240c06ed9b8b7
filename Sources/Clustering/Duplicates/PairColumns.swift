// Earlier rows that later ones are compared with.

import CKernels

/// Columns of pairs in narrow form, and where their vectors are.
///
/// Not synchronised: any thread may read while none appends.
final class PairColumns: @unchecked Sendable {
  // Sound to share under the rule above.
  let capacity: Int
  /// Columns of a panel.
  let width: Int
  private(set) var slots: [UInt32] = []
  private(set) var places: [UInt32] = []
  var narrow = wk_pair_columns()
  private let memory: UnsafeMutableRawPointer

  var count: Int { slots.count }
  var panels: Int { (count + width - 1) / width }

  /// - Complexity: one or four bytes a component; they are touched when columns come.
  init(capacity wanted: Int, stride: Int, instructions: InstructionSet) {
    width = wk_pair_panel(instructions.code)
    capacity = (wanted + width - 1) / width * width
    let hasScreen = wk_has_pairs(instructions.code, stride) != 0
    let values = hasScreen ? capacity * stride * wk_pair_element(instructions.code) : 0
    memory = .allocate(byteCount: values + 16 * capacity + 64, alignment: 64)
    let numbers = (memory + values).bindMemory(to: Float.self, capacity: 4 * capacity)
    narrow.capacity = capacity
    narrow.panels = memory
    narrow.scale = numbers
    narrow.bias = numbers + capacity
    narrow.radius = numbers + 2 * capacity
    narrow.residual = numbers + 3 * capacity
  }

  deinit { memory.deallocate() }

  func removeAll() {
    slots.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    narrow.count = 0
  }

  /// Appends a row of a group.
  func append(_ row: Int, of rows: PairRows, place: Int, _ screen: PairScreen?) {
    precondition(count < capacity)
    slots.append(UInt32(rows.firstSlot + row))
    places.append(UInt32(place))
    screen?.append(row, of: rows.narrow, to: &narrow)
  }
}
