import Pruning
import Testing

@Suite struct PlanReadingTests {
  private static let scores = ConceptScores(
    size: [100, 200, 0, 700], dIntra: [0, 0, 0, 0], dInter: [0, 0, 0, 0], complexity: [0, 0, 0, 0])

  private func read(_ text: String) throws(PlanError) -> Plan {
    try Plan.read(json: Array(text.utf8), scores: Self.scores, clustering: "abc")
  }

  private func message(_ text: String) -> String? {
    #expect(throws: PlanError.self) { try read(text) }?.description
  }

  @Test func plansComeBack() throws {
    var random = TestRandom(seed: 51)
    for _ in 0..<2000 {
      var plan = Plan(target: Int.random(in: 0...1000, using: &random), clustering: "abc")
      plan.temperature = Double.random(in: 0...2, using: &random) + 1e-9
      plan.strategy = Strategy.allCases.randomElement(using: &random)!
      plan.order = Order.allCases.randomElement(using: &random)!
      plan.minimum = Int.random(in: 0...5, using: &random)
      plan.share = [0, 0.1, 1, Double.random(in: 0...1, using: &random)].randomElement(
        using: &random)!
      plan.selectionSeed = random.next()
      for cluster in 0..<4 where random.oneIn(2) {
        let actions: [Override.Action] = [
          .drop, .keep(ExactDecimal("0.277")!), .keep(.one), .keep(.zero), .count(0),
          .weight(Double.random(in: 0...9, using: &random) + 1e-300), .weight(3),
        ]
        let notes = [nil, "", "é 漢 🎨", "a\nb\t\"c\"\\ \u{0} \u{7F} \u{9B}"]
        plan.setOverride(
          Override(
            cluster: cluster, action: actions.randomElement(using: &random)!,
            note: notes.randomElement(using: &random)!))
      }
      let bytes = plan.json()
      let again = try Plan.read(json: bytes, scores: Self.scores, clustering: "abc")
      #expect(again == plan)
      #expect(again.json() == bytes)
      #expect(bytes.last == 10)
    }
  }

  @Test func fieldsHaveDefaults() throws {
    let plan = try read("{\"format\": 1, \"keep\": 0.277}")
    #expect(plan == Plan(target: 277, clustering: "abc"))
    #expect(try read(" { \"target\" : 5 , \"format\" : 1 } \r\n").target == 5)
    #expect(try read("{\"format\": 1, \"keep\": 1e-3}").target == 1)
    // Without overrides no cluster number can mean another concept.
    #expect(
      try read("{\"format\": 1, \"target\": 5, \"clustering\": \"other\"}").clustering == "abc")
  }

  @Test func decimalsStayExact() throws {
    let plan = try read(
      """
      {"format": 1, "target": 5, "clustering": "abc", "overrides": [
        {"cluster": 0, "keep": 0.29}, {"cluster": 1, "keep": 1.0}, {"cluster": 3, "keep": 1e-3}]}
      """)
    #expect(plan.overrides.map { $0.fixedCount(size: 100) } == [29, 100, 0])
    let text = String(decoding: plan.json(), as: UTF8.self)
    #expect(text.contains("\"keep\": 0.29 }"))
    #expect(text.contains("\"keep\": 1.0 }"))
    #expect(text.contains("\"keep\": 0.001 }"))
  }

  @Test func escapesAreRead() throws {
    let plan = try read(
      #"{"format":1,"target":5,"clustering":"abc","overrides":[{"cluster":0,"drop":true,"#
        + #""note":"\u00e9\ud83c\udfa8\/\b\f\n\r\t\"\\"}]}"#)
    #expect(plan.overrides[0].note == "é🎨/\u{8}\u{C}\n\r\t\"\\")
  }

  @Test(arguments: [
    ("", "plan, line 1, column 1: expected a JSON value, found the end"),
    ("[]", "plan: expected an object, found an array"),
    ("{\"format\": 1", "plan, line 1, column 13: expected \",\" or \"}\", found the end"),
    (
      "{\n  format: 1}", "plan, line 2, column 3: expected a field's name in quotes, found \"f\""
    ),
    ("{\"a\" 1}", "plan, line 1, column 6: expected \":\" after the name \"a\", found \"1\""),
    ("{\"a\": 01}", "plan, line 1, column 8: expected \",\" or \"}\", found \"1\""),
    ("{\"a\": 1.}", "plan, line 1, column 9: expected a digit, found \"}\""),
    ("{\"a\": -}", "plan, line 1, column 8: expected a digit, found \"}\""),
    ("{\"a\": +1}", "plan, line 1, column 7: expected a JSON value, found \"+\""),
    ("{\"a\": [1,]}", "plan, line 1, column 10: expected a JSON value, found \"]\""),
    ("{\"a\": [1 2]}", "plan, line 1, column 10: expected \",\" or \"]\", found \"2\""),
    ("{\"a\": NaN}", "plan, line 1, column 7: expected a JSON value, found \"N\""),
    ("{\"a\": \"b", "plan, line 1, column 9: expected the closing quote, found the end"),
    (
      "{\"a\": \"\n\"}",
      "plan, line 1, column 8: expected an escape such as \\n, found a control character"
    ),
    ("{\"a\": \"\\x\"}", "plan, line 1, column 9: expected a JSON escape, found \"x\""),
    (
      "{\"a\": \"\\u12g4\"}",
      "plan, line 1, column 12: expected four hexadecimal digits, found \"g\""
    ),
    (
      "{\"a\": \"\\ud83c\"}",
      "plan, line 1, column 14: expected a pair of surrogates, found half of one"
    ),
    ("{} {}", "plan, line 1, column 4: expected the end of the plan, found \"{\""),
    (
      "{\"format\": 1, \"target\": 5, \"target\": 6}",
      "plan, line 1, column 28: expected each field once, found \"target\" again"
    ),
    ("{\"target\": 5}", "format: expected the number 1, found nothing"),
    (
      "{\"format\": 2, \"target\": 5}",
      "format: expected 1, found 2; a newer plan needs a newer version of winnow"
    ),
    (
      "{\"format\": \"1\", \"target\": 5}",
      "format: expected a whole number, found the string \"1\""
    ),
    ("{\"format\": 1}", "target: expected a number of rows, or keep, a fraction, found nothing"),
    (
      "{\"format\": 1, \"target\": 5, \"keep\": 0.5}",
      "target: expected either target or keep, found both; remove one of them"
    ),
    (
      "{\"format\": 1, \"keep\": 84}",
      "keep: expected a fraction from 0 to 1, found 84; use target for a count"
    ),
    (
      "{\"format\": 1, \"keep\": -0.5}",
      "keep: expected a fraction from 0 to 1, of at most 38 digits, found -0.5"
    ),
    (
      "{\"format\": 1, \"keep\": \"27%\"}",
      "keep: expected a fraction from 0 to 1, of at most 38 digits, found the string \"27%\""
    ),
    ("{\"format\": 1, \"target\": 5.0}", "target: expected a whole number, found 5.0"),
    ("{\"format\": 1, \"target\": null}", "target: expected a whole number, found null"),
    (
      "{\"format\": 1, \"target\": -5}", "target: expected a number of rows, 0 or more, found -5"
    ),
  ])
  func malformedPlans(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    ("\"colour\": 1", "plan: unknown field \"colour\"; known fields: format, clustering, target"),
    ("\"temperature\": 0", "temperature: expected a finite number above 0, found 0.0"),
    ("\"temperature\": 1e999", "temperature: expected a finite number, found 1e999"),
    ("\"temperature\": \"hot\"", "temperature: expected a finite number, found the string \"hot\""),
    (
      "\"strategy\": \"best\"",
      "strategy: expected one of complexity, uniform, proportional, d-inter, d-intra, found the "
        + "string "
    ),
    (
      "\"order\": true",
      "order: expected one of hardest, easiest, random, similarity, stratified, found true"
    ),
    ("\"minimum\": -1", "minimum: expected a number of rows, 0 or more, found -1"),
    ("\"minimum\": 0.5", "minimum: expected a whole number, found 0.5"),
    ("\"share\": 1.5", "share: expected a number from 0 to 1, found 1.5"),
    (
      "\"selection-seed\": -1",
      "selection-seed: expected a whole number from 0 to 18446744073709551615, found -1"
    ),
    ("\"clustering\": 7", "clustering: expected a string, found 7"),
    ("\"overrides\": {}", "overrides: expected an array, found an object"),
    (
      "\"overrides\": [{\"cluster\": 0, \"drop\": true}]",
      "clustering: expected abc, because the overrides name clusters by number, found none; use a "
        + "plan "
    ),
    (
      "\"clustering\": \"abd\", \"overrides\": [{\"cluster\": 0, \"drop\": true}]",
      "clustering: expected abc, because the overrides name clusters by number, found abd; use a "
        + "plan "
    ),
  ])
  func malformedFields(fields: String, expected: String) {
    let found = message("{\"format\": 1, \"target\": 5, \(fields)}")
    #expect(found?.hasPrefix(expected) == true, "\(found ?? "")")
  }

  @Test(arguments: [
    ("7", "overrides[0]: expected an object, found 7"),
    ("{\"drop\": true}", "overrides[0].cluster: expected a cluster number, found nothing"),
    (
      "{\"cluster\": 0}", "overrides[0]: expected one of drop, keep, count and weight, found none"
    ),
    (
      "{\"cluster\": 0, \"drop\": true, \"count\": 1}",
      "overrides[0]: expected one of drop, keep, count and weight, found drop and count"
    ),
    ("{\"cluster\": 0, \"drop\": false}", "overrides[0].drop: expected true, found false"),
    ("{\"cluster\": 0, \"drop\": 1}", "overrides[0].drop: expected true, found 1"),
    (
      "{\"cluster\": 0, \"keep\": 1.5}",
      "override of cluster 0: expected keep as a fraction from 0 to 1 (use count for rows), found 1.5"
    ),
    (
      "{\"cluster\": 0, \"keep\": true}",
      "overrides[0].keep: expected a fraction from 0 to 1, of at most 38 digits, found true"
    ),
    (
      "{\"cluster\": 0, \"count\": 101}",
      "override of cluster 0: expected a count from 0 to its 100 rows, found 101"
    ),
    (
      "{\"cluster\": 0, \"weight\": 0}",
      "override of cluster 0: expected a finite weight above 0 (use drop for none), found 0.0"
    ),
    (
      "{\"cluster\": 4, \"drop\": true}",
      "override of cluster 4: expected a cluster from 0 to 3, found 4"
    ),
    (
      "{\"cluster\": 0, \"drop\": true, \"why\": \"\"}",
      "overrides[0]: unknown field \"why\"; known fields: cluster, drop, keep, count, weight, note"
    ),
    (
      "{\"cluster\": 0, \"drop\": true, \"note\": 5}",
      "overrides[0].note: expected a string, found 5"
    ),
    (
      "{\"cluster\": 1, \"drop\": true}, {\"cluster\": 1, \"count\": 4}",
      "overrides[1]: expected one override per cluster, found cluster 1 again; merge the two"
    ),
  ])
  func malformedOverrides(overrides: String, expected: String) {
    let text =
      "{\"format\": 1, \"target\": 5, \"clustering\": \"abc\", \"overrides\": [\(overrides)]}"
    #expect(message(text) == expected)
  }

  @Test func bytesThatAreNoText() {
    let bytes = Array("{\"format\": \"".utf8) + [0xFF] + Array("\"}".utf8)
    let error = #expect(throws: PlanError.self) {
      try Plan.read(json: bytes, scores: Self.scores, clustering: "abc")
    }
    #expect(
      error?.description
        == "plan, line 1, column 13: expected UTF-8, found other bytes in this string")
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    let depth = #expect(throws: PlanError.self) {
      try Plan.read(json: deep, scores: Self.scores, clustering: "abc")
    }
    #expect(depth?.description.contains("expected no more than 32 levels") == true)
  }
}
