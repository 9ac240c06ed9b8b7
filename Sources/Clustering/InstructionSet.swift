import CKernels

/// Which of the compiled kernels is used; all of them give the same bits.
///
/// The names are those of `--kernels`: `avx2` (with FMA) and `avx512` screen with float32,
/// `avxvnni` and `avx512vnni` with 8-bit integers, `portable` asks the canonical dot product alone.
public enum InstructionSet: String, CaseIterable, Sendable {
  case portable, avx2, avx512, avxvnni, avx512vnni

  /// The fastest that this processor has.
  public static var best: InstructionSet {
    let code = wk_best_instruction_set()
    return allCases.first { $0.code == code } ?? .portable
  }

  /// Whether this processor can run it.
  public var isAvailable: Bool { wk_has_instruction_set(code) != 0 }

  var code: Int32 {
    switch self {
    case .portable: Int32(WK_PORTABLE.rawValue)
    case .avx2: Int32(WK_AVX2.rawValue)
    case .avx512: Int32(WK_AVX512.rawValue)
    case .avxvnni: Int32(WK_AVX_VNNI.rawValue)
    case .avx512vnni: Int32(WK_AVX512_VNNI.rawValue)
    }
  }
}
