import Foundation
import Pruning
import Testing

@Suite struct ExponentialTests {
  /// Foundation's exp is right to well under one unit; ours may differ from it by one.
  @Test func isWithinAUnitOfFoundation() {
    var random = TestRandom(seed: 31)
    var worst: UInt64 = 0
    func check(_ x: Double) {
      let (ours, theirs) = (portableExp(x).bitPattern, exp(x).bitPattern)
      worst = max(worst, ours > theirs ? ours - theirs : theirs - ours)
    }
    for _ in 0..<1_000_000 { check(Double.random(in: -745...709, using: &random)) }
    for _ in 0..<1_000_000 { check(Double.random(in: -2...2, using: &random)) }
    for n in -1074...1023 { check(Double(n) * 0.6931471805599453) }
    for power in stride(from: -80.0, through: 8, by: 0.125) {
      check(-exp2(power))
      check(exp2(power))
    }
    #expect(worst <= 1)
  }

  @Test func endsAndSpecialValues() {
    #expect(portableExp(0) == 1)
    #expect(portableExp(-0.0) == 1)
    #expect(portableExp(-.infinity) == 0)
    #expect(portableExp(-746) == 0)
    #expect(portableExp(-1e300) == 0)
    #expect(portableExp(-745.1) == .leastNonzeroMagnitude)
    #expect(portableExp(709.7).isFinite)
    #expect(portableExp(709.79) == .infinity)
    #expect(portableExp(.infinity) == .infinity)
    #expect(portableExp(.nan).isNaN)
  }

  /// Softmax compares sums of these: a larger argument must not give a smaller value.
  @Test func rises() {
    var random = TestRandom(seed: 32)
    var falls = 0
    for _ in 0..<1_000_000 {
      let x = Double.random(in: -745...709, using: &random)
      falls += portableExp(x.nextUp) < portableExp(x) ? 1 : 0
    }
    #expect(falls == 0)
  }

  /// Bits that must never change, on any machine.
  @Test func fixedBits() {
    let inputs = [-0.3, -1.7, -12.25, -100.1, -700.7, 0.1, 3.3, 99.9]
    var hash: UInt64 = 0
    for x in inputs { hash = splitmix64(seed: hash ^ portableExp(x).bitPattern, row: 0) }
    #expect(hash == 9_064_973_639_107_632_234)
  }
}
