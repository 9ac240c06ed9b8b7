import CKernels

/// Which of the compiled kernels computes dot products; all of them give the same bits.
public enum InstructionSet: String, CaseIterable, Sendable {
  case portable, avx2, avx512

  /// The fastest that this processor has.
  public static var best: InstructionSet {
    switch wk_best_instruction_set() {
    case Int32(WK_AVX512.rawValue): .avx512
    case Int32(WK_AVX2.rawValue): .avx2
    default: .portable
    }
  }

  /// Whether this processor can run it.
  public var isAvailable: Bool { code <= wk_best_instruction_set() }

  var code: Int32 {
    switch self {
    case .portable: Int32(WK_PORTABLE.rawValue)
    case .avx2: Int32(WK_AVX2.rawValue)
    case .avx512: Int32(WK_AVX512.rawValue)
    }
  }
}
