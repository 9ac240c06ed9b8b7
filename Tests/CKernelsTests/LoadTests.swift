// Widening and scaling of rows: every half, extreme singles and doubles, and the rows that cannot
// be used.

import CKernels
import TestSupport
import Testing

/// What loading gave.
private struct Loaded {
  let vectors: AlignedVectors
  let faults: [UInt8]
  let faulty: Int
}

/// Loads rows on every instruction set, which must agree.
private func load<Element: BitwiseCopyable>(_ rows: [[Element]], _ element: wk_element) -> Loaded {
  let loaded = load(rows, element, instructionSets[0])
  for set in instructionSets.dropFirst() {
    let other = load(rows, element, set)
    #expect(other.faults == loaded.faults && other.faulty == loaded.faulty, "set \(set)")
    let differing = rows.indices.filter {
      other.vectors.vector($0).map(\.bitPattern) != loaded.vectors.vector($0).map(\.bitPattern)
        || other.vectors.padding($0) != loaded.vectors.padding($0)
    }
    #expect(differing.isEmpty, "set \(set)")
  }
  return loaded
}

private func load<Element: BitwiseCopyable>(
  _ rows: [[Element]], _ element: wk_element, _ set: Int32
) -> Loaded {
  let dimensions = rows[0].count
  let unset = [Float](repeating: .nan, count: dimensions)
  let vectors = AlignedVectors(rows.map { _ in unset }, dimensions: dimensions)
  for index in 0..<rows.count * vectors.stride { vectors.values[index] = .nan }
  var faults = [UInt8](repeating: 99, count: rows.count)
  var norms = [Double](repeating: .nan, count: rows.count)
  // One byte in front, so that no element is aligned.
  let bytes = [0] + rawBytes(rows.flatMap { $0 })
  let faulty = bytes.withUnsafeBytes {
    wk_load(
      set, element, $0.baseAddress! + 1, rows.count, dimensions, vectors.values, vectors.stride,
      &faults, &norms)
  }
  var expected = norms
  wk_norms(
    Int32(WK_PORTABLE.rawValue), vectors.values, rows.count, vectors.stride, &expected)
  #expect(norms == expected, "norms, set \(set)")
  return Loaded(vectors: vectors, faults: faults, faulty: faulty)
}

/// The power of two that brings `largest` into [0.5, 1), as an exponent.
private func scaling(_ row: [Double]) -> Int {
  -Int(row.map(\.magnitude).max()!.exponent) - 1
}

/// `value * 2^exponent`, exact also where the power alone is beyond the range.
private func scaled(_ value: Double, by exponent: Int) -> Double {
  let half = exponent / 2
  return value * Double(sign: .plus, exponent: half, significand: 1)
    * Double(sign: .plus, exponent: exponent - half, significand: 1)
}

private let fine = UInt8(WK_ROW_FINE.rawValue)
private let zero = UInt8(WK_ROW_ZERO.rawValue)
private let notANumber = UInt8(WK_ROW_NAN.rawValue)
private let infinite = UInt8(WK_ROW_INFINITE.rawValue)

private func loadHalves(_ rows: [[UInt16]]) -> Loaded { load(rows, WK_FLOAT16) }

struct LoadTests {
  @Test func everyHalf() {
    // Each half beside 1.0, so that halves up to 1 show as half their value.
    let halves = (0...UInt16.max).map { $0 }
    let loaded = loadHalves(halves.map { [$0, 0x3C00] })
    var faulty = 0
    for (place, half) in halves.enumerated() {
      let value = Float(Float16(bitPattern: half))
      let vector = loaded.vectors.vector(place)
      if value.isNaN || value.isInfinite {
        faulty += 1
        #expect(loaded.faults[place] == (value.isNaN ? notANumber : infinite))
        #expect(vector == [0, 0])
        continue
      }
      let scale = Float(sign: .plus, exponent: scaling([Double(value), 1]), significand: 1)
      #expect(vector.map(\.bitPattern) == [value * scale, scale].map(\.bitPattern))
      #expect(loaded.faults[place] == fine)
    }
    #expect(loaded.faulty == faulty && faulty == 2048)
  }

  @Test(arguments: [1, 7, 15, 16, 31, 32, 33, 63, 100, 384, 771])
  func wideRowsOfHalves(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions))
    var rows = (0..<40).map { _ in
      (0..<dimensions).map { _ in UInt16.random(in: 0...UInt16.max, using: &random) & 0xBFFF }
    }
    // The largest, a NaN and an infinity at every place that a loop may forget.
    for (place, row) in rows.indices.prefix(30).enumerated() {
      rows[row][(place * 7) % dimensions] = [0x7BFF, 0x7C00, 0x7E01][place % 3]
    }
    rows[39] = rows[39].map { $0 & 0x8000 }
    let loaded = loadHalves(rows)
    #expect(loaded.faults[0] == fine && loaded.faults[1] == infinite)
    #expect(loaded.faults[2] == notANumber && loaded.faults[39] == zero)
    for place in [0, 3, 30] {
      let values = rows[place].map { Double(Float16(bitPattern: $0)) }
      let exponent = scaling(values)
      #expect(loaded.vectors.vector(place) == values.map { Float(scaled($0, by: exponent)) })
    }
  }

  @Test func everyHalfAlone() {
    let halves = (0...UInt16.max).filter { $0 & 0x7C00 != 0x7C00 && $0 & 0x7FFF != 0 }
    let loaded = loadHalves(halves.map { [$0] })
    #expect(loaded.faulty == 0)
    for (place, half) in halves.enumerated() {
      let value = Float16(bitPattern: half)
      let component = loaded.vectors.vector(place)[0]
      #expect(component.magnitude == Float(value.significand) / 2)
      #expect(component.sign == value.sign)
    }
  }

  @Test(arguments: [1, 3, 16, 17, 40])
  func singlesOfAnySize(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions))
    let exponents = [-149, -148, -140, -127, -126, -60, -1, 0, 1, 60, 126]
    let rows = exponents.map { exponent in
      (0..<dimensions).map { index -> Float in
        // Some components are far smaller than the largest: what becomes subnormal is rounded.
        let scale = index % 4 == 1 ? exponent - 140 : exponent
        let component = random.components(1)[0] + (index == 0 ? 1.5 : 0)
        return Float(scaled(Double(component), by: scale))
      }
    }
    let loaded = load(rows, WK_FLOAT32)
    expect(loaded, equals: rows.map { $0.map(Double.init) })
  }

  @Test(arguments: [1, 3, 16, 17, 40])
  func doublesOfAnySize(dimensions: Int) {
    var random = SeededRandom(UInt64(100 + dimensions))
    let exponents = [-1074, -1073, -1031, -1022, -1021, -500, -1, 0, 1, 500, 996, 1022]
    let rows = exponents.map { exponent in
      (0..<dimensions).map { index -> Double in
        let component = Double(random.components(1)[0]) * 1.000_000_01 + (index == 0 ? 1.5 : 0)
        return scaled(component, by: exponent)
      }
    }
    let loaded = load(rows, WK_FLOAT64)
    expect(loaded, equals: rows)
  }

  @Test func doublesBeyondSingles() {
    // Subnormal doubles, written so that the compiler does not warn of them.
    let tiny = 1e-10 * 1e-300
    let rows = [
      [1e300, -5e299], [tiny, -tiny / 2], [1e300, 1e-300], [.greatestFiniteMagnitude, 0],
    ]
    let loaded = load(rows, WK_FLOAT64)
    expect(loaded, equals: rows)
    let direction = loaded.vectors.vector(0)
    #expect(direction[1] / direction[0] == -0.5)
    #expect((loaded.vectors.vector(1)[1] / loaded.vectors.vector(1)[0] + 0.5).magnitude < 1e-6)
    #expect(loaded.vectors.vector(2)[1] == 0)
  }

  @Test func faultsAreNamedAndTheirRowsCleared() {
    let (nan, inf) = (Double.nan, Double.infinity)
    let rows: [[Double]] = [
      [1, 2, 3], [0, 0, 0], [1, nan, 0], [-inf, 1, 1], [inf, nan, 1], [-0.0, 0, -0.0], [0, 0, 1],
      [nan, nan, nan],
    ]
    let faults = [fine, zero, notANumber, infinite, notANumber, zero, fine, notANumber]
    func check(_ loaded: Loaded) {
      #expect(loaded.faults == faults)
      #expect(loaded.faulty == 6)
      for (place, fault) in faults.enumerated() {
        #expect(loaded.vectors.padding(place).allSatisfy { $0 == 0 })
        if fault != fine { #expect(loaded.vectors.vector(place) == [0, 0, 0]) }
      }
      #expect(loaded.vectors.vector(0) == [0.25, 0.5, 0.75])
      #expect(loaded.vectors.vector(6) == [0, 0, 0.5])
    }
    check(load(rows, WK_FLOAT64))
    check(load(rows.map { $0.map(Float.init) }, WK_FLOAT32))
    check(loadHalves(rows.map { $0.map { Float16($0).bitPattern } }))
  }

  @Test func noRows() {
    var output: Float = 5
    var fault: UInt8 = 5
    var norm = 5.0
    for set in instructionSets {
      for element in [WK_FLOAT16, WK_FLOAT32, WK_FLOAT64] {
        #expect(wk_load(set, element, nil, 0, 3, &output, 16, &fault, &norm) == 0)
      }
    }
    #expect(output == 5 && fault == 5 && norm == 5)
  }

  private func expect(_ loaded: Loaded, equals rows: [[Double]]) {
    #expect(loaded.faulty == 0)
    for (place, row) in rows.enumerated() {
      let vector = loaded.vectors.vector(place)
      let exponent = scaling(row)
      let wanted = row.map { Float(scaled($0, by: exponent)).bitPattern }
      #expect(vector.map(\.bitPattern) == wanted, "row \(place)")
      let largest = vector.map(\.magnitude).max()!
      // Narrowing may round a double just below 1 up to it.
      #expect(largest >= 0.5 && largest <= 1, "row \(place)")
      #expect(loaded.faults[place] == fine)
      #expect(loaded.vectors.padding(place).allSatisfy { $0 == 0 })
    }
  }
}

struct UnitSumTests {
  @Test func roundsToNearestAndTiesToEven() {
    var random = SeededRandom(11)
    var vector = random.components(1000)
    // With norm 1 these are exact halves of the unit 2^-30.
    vector += [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3, 0, -0.0].map { $0 * 0x1p-30 }
    vector += [1, -1, 1.0.nextDown, 0x1p-149, -0x1p-149].map { Float($0) }
    for norm in [1.0, 0.7071067811865476, 3.3, 0.5, 17.25] {
      let rounded = vector.map {
        Int64((Double($0) * (0x1p30 / norm)).rounded(.toNearestOrEven))
      }
      for set in instructionSets {
        for sign: Int64 in [1, -1] {
          var sums = vector.indices.map { Int64($0 * 1_000_003 - 500) }
          let expected = zip(sums, rounded).map { $0 + sign * $1 }
          wk_add_unit(set, vector, vector.count, norm, sign, &sums)
          #expect(sums == expected, "norm \(norm), sign \(sign), set \(set)")
        }
      }
    }
  }

  @Test func addsUpExactly() {
    var sums = [Int64](repeating: 0, count: 3)
    for _ in 0..<100_000 { wk_add_unit(Int32(0), [3, -4, 0], 3, 5, 1, &sums) }
    #expect(sums == [100_000 * 644_245_094, 100_000 * -858_993_459, 0])
  }
}
