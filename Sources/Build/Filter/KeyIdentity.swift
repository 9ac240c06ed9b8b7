// Keys are compared by 128 bits: those that 32 hexadecimal digits spell, else the first of the key's
// SHA-256, of which nobody knows two texts that agree.  A 64-bit number that is quick to compute says
// beforehand where to look, so a SHA-256 is taken of listed keys and of those found, not of all.

import Storage

/// What a key is told apart by.
struct KeyIdentity: Equatable, Sendable {
  /// Where it is looked for; equal keys have equal ones.
  var hash: UInt64
  var upper: UInt64
  var lower: UInt64

  /// The identity of 16 bytes, the most significant first: a key of the form `hex`.
  init(hex bytes: UnsafeRawBufferPointer) {
    let upper = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    let lower = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    self.init(upper: upper, lower: lower)
  }

  init(upper: UInt64, lower: UInt64) {
    self.upper = upper
    self.lower = lower
    hash = Self.mix(Self.mix(upper) ^ lower)
  }

  /// The identity of any text.
  init(text bytes: UnsafeRawBufferPointer) {
    hash = Self.hash(bytes)
    (upper, lower) = Self.digest(bytes)
  }

  /// The number that 32 hexadecimal digits of either case spell; nil for any other text.
  init?(hexDigits bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    var halves: (UInt64, UInt64) = (0, 0)
    for (place, digit) in bytes.enumerated() {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x41...0x46: value = digit - 0x41 + 10
      case 0x61...0x66: value = digit - 0x61 + 10
      default: return nil
      }
      if place < 16 {
        halves.0 = halves.0 << 4 | UInt64(value)
      } else {
        halves.1 = halves.1 << 4 | UInt64(value)
      }
    }
    self.init(upper: halves.0, lower: halves.1)
  }

  static func digest(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
    var digest = Digest()
    digest.update(bytes)
    let words = digest.words()
    return (words.0, words.1)
  }

  /// Eight bytes at a time, and the length.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count)
    var place = 0
    while place + 8 <= bytes.count {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
    }
    var rest: UInt64 = 0
    while place < bytes.count {
      rest = rest << 8 | UInt64(bytes[place])
      place += 1
    }
    return mix(hash ^ rest)
  }

  /// SplitMix64's last steps: every bit of the result depends on every bit.
  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}
