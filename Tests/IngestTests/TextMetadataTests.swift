import Foundation
import Ingest
import TestSupport
import Testing

/// CSV and JSON lines: what is read is what was written.
struct TextMetadataTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Random rows whose texts are made of what parsers stumble over.
  private func rows(_ count: Int, seed: UInt64, longest: Int) -> [Row] {
    var generator = Generator(state: seed)
    let pieces = [
      "a", "bc", " ", ",", "\"", "\"\"", "\n", "\r\n", "\r", "\\", "\\n", "{", "}", "[", ":", "é",
      "日本", "🎨", "e\u{301}", "\t", "\u{1}", "\u{7F}", "\u{FEFF}", "null", "'", "\u{2028}", "/",
      "\0",
      "word and word ",
    ]
    return (0..<count).map { row in
      let length = Int.random(in: 0...longest, using: &generator)
      let caption = (0..<length).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let similarity =
        Bool.random(using: &generator)
        ? nil : Float.random(in: -1...1, using: &generator)
      return Row(
        key: "k\(row)" + pieces.randomElement(using: &generator)!,
        caption: caption.isEmpty ? nil : caption, similarity: similarity)
    }
  }

  private func csv(_ rows: [Row], seed: UInt64, newline: String) -> String {
    var generator = Generator(state: seed)
    func field(_ text: String) -> String {
      let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
      guard needsQuotes || Bool.random(using: &generator) else { return text }
      return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    var text = "\u{FEFF}uid,other,\"caption\",similarity" + newline
    for row in rows {
      let fields = [
        field(row.key!), field("x,\"\(newline)"), field(row.caption ?? ""),
        row.similarity.map { "\(Double($0))" } ?? "",
      ]
      text += fields.joined(separator: ",") + newline
      if Int.random(in: 0..<50, using: &generator) == 0 { text += newline }
    }
    return text
  }

  private func jsonLines(_ rows: [Row], seed: UInt64) -> String {
    var generator = Generator(state: seed)
    func string(_ text: String) -> String {
      var result = "\""
      for scalar in text.unicodeScalars {
        let short: [Unicode.Scalar: String] = [
          "\n": "\\n", "\r": "\\r", "\t": "\\t", "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b",
        ]
        if let escape = short[scalar], Bool.random(using: &generator) {
          result += escape
        } else if scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
          || scalar == "\u{FEFF}"  // Foundation drops it where it is not escaped.
          || Int.random(in: 0..<4, using: &generator) == 0
        {
          for unit in String(scalar).utf16 {
            let hex = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
      return result + "\""
    }
    var text = ""
    for row in rows {
      var fields = ["\(string("uid")): \(string(row.key!))"]
      if let caption = row.caption {
        fields.append("\"caption\":\(string(caption))")
      } else if Bool.random(using: &generator) {
        fields.append(["\"caption\" : null", "\"caption\":\"\""].randomElement(using: &generator)!)
      }
      if let similarity = row.similarity {
        fields.append("\"similarity\": \(Double(similarity))")
      }
      fields.append(#""nested": {"uid": [1, {"caption": "no"}, -1.5e+3, [], {}], "x": true}"#)
      fields.append("\"flag\": false")
      fields.shuffle(using: &generator)
      text += " {" + fields.joined(separator: " ,") + "} "
      text += Bool.random(using: &generator) ? "\n" : "\r\n"
      if Int.random(in: 0..<50, using: &generator) == 0 { text += "  \n" }
    }
    return text
  }

  // Many short rows make several blocks, long ones cross the window's end again and again.
  @Test(arguments: [(20_000, 4), (300, 4000), (2, 1_000_000)])
  func randomRowsAsBothFormats(count: Int, longest: Int) throws {
    for seed in UInt64(1)...2 {
      let expected = rows(count, seed: seed, longest: longest)
      for newline in ["\n", "\r\n"] {
        let text = Array(csv(expected, seed: seed, newline: newline).utf8)
        if longest < 5000 { try #require(slowCSVRows(text) == expected) }
        try folder.shard(0, rows: count, text, .csv, in: "csv")
        #expect(try allRows(folder("csv")) == expected)
      }
      let text = Array(jsonLines(expected, seed: seed).utf8)
      try #require(try slowJSONRows(text) == expected)
      try folder.shard(0, rows: count, text, .jsonLines, in: "jsonl")
      #expect(try allRows(folder("jsonl")) == expected)
    }
  }

  @Test(arguments: ["uid\na\nb", "uid\na\nb\n", "uid\r\na\r\nb\r\n", "uid\r\n\"a\"\r\n\"b\""])
  func lineEnds(text: String) throws {
    try folder.shard(0, rows: 2, text)
    #expect(try allRows(folder("in")) == [Row(key: "a"), Row(key: "b")])
  }

  @Test func oddButClearCSV() throws {
    try folder.shard(
      0, rows: 4,
      "caption,uid\n\n\"\",1\na \"quoted\" word,2\n\"\"\"\",3\r\n\r\n lone\rreturn ,4\r\n\n\n")
    #expect(
      try allRows(folder("in")) == [
        Row(key: "1"), Row(key: "2", caption: "a \"quoted\" word"), Row(key: "3", caption: "\""),
        Row(key: "4", caption: " lone\rreturn "),
      ])
  }

  @Test func aBlankLineIsARowWhereThereIsOneColumn() throws {
    try folder.shard(0, rows: 3, "caption\nx\n\ny\n")
    #expect(
      try allRows(folder("in")) == [Row(caption: "x"), Row(), Row(caption: "y")])
  }

  @Test func jsonNumbersAreKeysAsTheyAreWritten() throws {
    try folder.shard(
      0, rows: 3,
      """
      {"key": 18446744073709551616, "text": 1.50, "similarity": "0.25"}
      {"key": -0, "text": null, "similarity": NaN}
      {"key": 1e3, "key": "last", "text": "a", "text": null, "similarity": ""}
      """, .jsonLines)
    #expect(
      try allRows(folder("in")) == [
        Row(key: "18446744073709551616", caption: "1.50", similarity: 0.25), Row(key: "-0"),
        Row(key: "last"),
      ])
  }

  @Test func byteOrderMarksInsideAreText() throws {
    try folder.shard(
      0, rows: 2, "\u{FEFF}{\"uid\":\"\u{FEFF}a\"}\n{\"uid\":\"\\n\u{FEFF}\"}", .jsonLines)
    #expect(try allRows(folder("in")) == [Row(key: "\u{FEFF}a"), Row(key: "\n\u{FEFF}")])
  }

  @Test func similarityIsRoundedOnceThroughFloat64() throws {
    let texts = ["0.1", "1e-3", " -0.5 ", "+.25", "0.30000000000000004", "3e38", "1e-60", "nan"]
    try folder.shard(0, rows: 8, "similarity\n" + texts.joined(separator: "\n"))
    let expected: [Float?] = [0.1, 0.001, -0.5, 0.25, 0.3, 3e38, 0, nil]
    #expect(try allRows(folder("in")).map(\.similarity) == expected)
  }

  @Test func captionsAreRepairedToUTF8() throws {
    // A character cut off at the end of one caption and its rest at the beginning of the next
    // are both wrong, although the two in a row look right.
    let half: [[UInt8]] = [[0xC3], [0xA9, 0x21]]
    let text = Array("uid,caption\n1,ok\n2,".utf8) + half[0] + Array("\n3,".utf8) + half[1]
    try folder.shard(0, rows: 3, text)
    #expect(
      try allRows(folder("in")).map(\.caption) == ["ok", "\u{FFFD}", "\u{FFFD}!"])
    try folder.shard(
      0, rows: 3,
      """
      {"uid": "1", "caption": "\\ud83c\\udfa8"}
      {"uid": "2", "caption": "\\ud83c \\udfa8"}
      {"uid": "3", "caption": "\\ud83c\\u0041"}
      """, .jsonLines, in: "jsonl")
    #expect(
      try allRows(folder("jsonl")).map(\.caption) == ["🎨", "\u{FFFD} \u{FFFD}", "\u{FFFD}A"])
  }

  @Test func aStreamEndsAndStaysEnded() throws {
    try folder.shard(0, rows: 1, "uid\na\n")
    let dataset = try Dataset.discover([folder("in")], options())
    var stream = try MetadataStream(dataset, shard: 0, options())
    var block = MetadataBlock()
    #expect(try stream.next(into: &block))
    #expect(block.range == 0..<1)
    for _ in 0..<2 {
      #expect(try !stream.next(into: &block))
      #expect(block.rows == 0 && block.keyBytes.isEmpty)
    }
  }

  @Test func theSinksErrorEndsTheReading() throws {
    struct Enough: Error {}
    try folder.shard(0, rows: 9000, "uid\n" + String(repeating: "a\n", count: 9000))
    let dataset = try Dataset.discover([folder("in")], options())
    var blocks = 0
    #expect(throws: Enough.self) {
      try dataset.readMetadata(of: 0, options()) { _ in
        blocks += 1
        throw Enough()
      }
    }
    #expect(blocks == 1)
  }
}

/// SplitMix64, so that a failing seed fails again.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
