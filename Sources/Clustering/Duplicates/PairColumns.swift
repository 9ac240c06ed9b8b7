// Earlier rows that later ones are compared with.

import CKernels
import Foundations

/// Columns of pairs in narrow form, and where their vectors are.
///
/// Not synchronised: any thread may read while none appends.
final class PairColumns: @unchecked Sendable {
  // Sound to share under the rule above; what `narrow` points to lives as long as this.
  let capacity: Int
  /// Columns of a panel.
  let width: Int
  private(set) var slots: [UInt32] = []
  private(set) var places: [UInt32] = []
  var narrow = wk_pair_columns()
  private let panelValues: OwnedBuffer<UInt8>
  /// Scale, bias, radius and residual.
  private let numbers: OwnedBuffer<Float>

  var count: Int { slots.count }
  var panels: Int { (count + width - 1) / width }

  /// - Complexity: one or four bytes a component; they are touched when columns come.
  init(capacity wanted: Int, stride: Int, instructions: InstructionSet) {
    width = wk_pair_panel(instructions.code)
    capacity = (wanted + width - 1) / width * width
    let hasScreen = wk_has_screen(instructions.code, stride) != 0
    let values = hasScreen ? capacity * stride * wk_screen_element(instructions.code) : 0
    panelValues = OwnedBuffer(uninitialized: values)
    numbers = OwnedBuffer(uninitialized: 4 * capacity)
    narrow.capacity = capacity
    narrow.panels = UnsafeMutableRawPointer(panelValues.pointer)
    narrow.scale = numbers.pointer
    narrow.bias = numbers.pointer + capacity
    narrow.radius = numbers.pointer + 2 * capacity
    narrow.residual = numbers.pointer + 3 * capacity
  }

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
