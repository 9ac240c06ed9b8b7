// Names of concepts: words of any script, the choice against a slow twin, builds and their files.

import Build
import BuildSupport
import Foundation
import TestSupport
import Testing
import TextSearch
import Workspace

struct NamingTests {
  @Test(arguments: [
    (
      "A Wedding-photo, of  the_Bride",
      [
        "wedding", "a wedding", "photo", "wedding photo", "of", "the", "of the", "bride",
        "the bride",
      ]
    ),
    (
      "don't stop ‘l’eau’ dogs' bed",
      [
        "don't", "stop", "don't stop", "l'eau", "dogs", "l'eau dogs", "bed", "dogs bed",
      ]
    ),
    (
      "iPhone 12 in 2019, 4k 3 4",
      [
        "iphone", "iphone 12", "in", "12 in", "in 2019", "4k", "4k 3",
      ]
    ),
    (
      "ÉCOLE Straße ΣΟΦΟΣ İ",
      [
        "école", "straße", "école straße", "σοφοσ", "straße σοφοσ",
        "σοφοσ i\u{307}",
      ]
    ),
    ("黒猫の写真 cat", ["黒", "猫", "黒猫", "猫の", "写", "の写", "真", "写真", "cat", "真 cat"]),
    ("黒 猫", ["黒", "猫"]),
    ("カメラ 서울 여행", ["カメラ", "서울", "カメラ 서울", "여행", "서울 여행"]),
    ("می\u{200C}خواهم कुत्ता", ["می\u{200C}خواهم", "कुत्ता", "می\u{200C}خواهم कुत्ता"]),
    ("🎄tree👩‍👩‍👧🎄family\u{FE0F} x", ["tree", "family", "family x"]),
    ("", []), ("  \n", []), ("1 2 3 !!! 🎄 '' - x", []),
    ("e\u{301}te\u{301}", ["e\u{301}te\u{301}"]),
  ])
  func termsOfAText(text: String, expected: [String]) {
    #expect(CaptionWords.terms(of: text).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test func addressesAndEndlessTextsEnd() {
    let code = String(repeating: "x1", count: 30)
    #expect(CaptionWords.terms(of: "red \(code) car") == ["red", "car"])
    let long = (0..<1000).map { "word\($0)" }.joined(separator: ". ")
    #expect(CaptionWords.terms(of: long).count == CaptionWords.most)
  }

  @Test func pathsLoseTheirEnding() {
    #expect(pathParts("a/b.c/cat.jpg") == "a/b.c/cat")
    #expect(pathParts("a.b/cat") == "a.b/cat")
    #expect(pathParts(".cat") == ".cat")
  }

  @Test func aPhraseStandsForItsWords() {
    let own = (0..<10).map { "new york \($0 % 2 == 0 ? "taxi" : "bridge") number \($0)" }
    let others = (0..<90).map { "the plain thing \($0 % 3 == 0 ? "number" : "letter")" }
    let names = choose(own, of: own + others).map(\.text)
    #expect(names.prefix(3).contains("new york"))
    #expect(!names.contains("new") && !names.contains("york"))
    let words = names.flatMap { $0.split(separator: " ") }
    #expect(Set(words).count == words.count)
  }

  @Test func whatIsEverywhereComesLastOrNever() {
    // `star` is in a fifth of all captions, `the` in all.
    let own = (0..<10).map { "the star \($0 < 3 ? "red" : "")" }
    let others = (0..<90).map { "the \($0 < 10 ? "star" : "stone \($0 % 7)")" }
    let names = choose(own, of: own + others).map(\.text)
    #expect(names.last?.contains("star") == true)
    #expect(!names.contains("the"))
  }

  @Test func theChoiceEqualsTheSlowOne() {
    var random = SeededRandom(5)
    for round in 0..<60 {
      let vocabulary = (0..<Int.random(in: 2...30, using: &random)).map { "w\($0)x" }
      let all = (0..<Int.random(in: 5...120, using: &random)).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
          vocabulary[
            min(
              Int.random(in: 0..<vocabulary.count, using: &random),
              Int.random(in: 0..<vocabulary.count, using: &random))]
        }.joined(separator: Int.random(in: 0..<4, using: &random) == 0 ? ", " : " ")
      }
      let own = Array(all.prefix(Int.random(in: 1...all.count, using: &random)))
      let expected = SlowNaming(own, of: all).terms
      #expect(choose(own, of: all) == expected, "round \(round)")
    }
  }

  @Test func nothingIsNoName() {
    #expect(choose([], of: ["a cat"], share: 0.1).isEmpty)
    #expect(choose(["", " "], of: ["", " "]).isEmpty)
    #expect(choose(["12 13", "12 13"], of: ["12 13", "12 13", "cat"]).isEmpty)
  }

  private func choose(_ own: [String], of all: [String], share: Double? = nil) -> [Term] {
    var (texts, hashes) = (0, [UInt64]())
    for text in all where !isBlank(text) {
      var words = CaptionWords()
      words.scan(text)
      var seen = Set<UInt64>()
      words.forEachTerm { hash, _ in seen.insert(hash) }
      texts += 1
      hashes += seen
    }
    var choice = TermChoice()
    return choice.choose(
      own, share: share ?? Double(own.count) / Double(all.count),
      background: TermFrequencies(texts: texts, occurrences: hashes))
  }
}

/// Building with names.
struct NamedWorkspaceTests {
  private static let subjects = ["red car", "wedding bride", "黒猫", "old oak tree", "city at night"]

  /// Five directions, a subject for each.
  private func build(
    _ folder: TemporaryFolder, to name: String = "ws", clusters: Int = 5, threads: Int = 1,
    header: String = "key,caption", _ line: (Int, String) -> String
  ) throws -> OpenWorkspace {
    var random = SeededRandom(2)
    let rows = (0..<100).map { row in
      (0..<5).map { Float($0 == row % 5 ? 1 : 0) + Float.random(in: 0..<0.1, using: &random) }
    }
    let input = try folder.clipRetrieval("in-" + name, [rows]) { _ in
      header + "\n" + (0..<100).map { line($0, Self.subjects[$0 % 5]) + "\n" }.joined()
    }
    return try folder.build([input], to: name, clusters: clusters, threads: threads)
  }

  private func subject(_ workspace: OpenWorkspace, _ cluster: Int) throws -> String {
    Self.subjects[try workspace.row(at: workspace.offset(cluster)) % 5]
  }

  @Test func captionsNameConcepts() throws {
    let folder = try TemporaryFolder()
    let workspace = try build(folder) { "k\($0),a \($1) in the picture \($0 % 3)" }
    for cluster in 0..<5 {
      let subject = try subject(workspace, cluster)
      let terms = try workspace.name(cluster)
      let first = try #require(terms.first)
      #expect(subject.contains(first.text))
      #expect(terms.allSatisfy { $0.weight > 0 && $0.weight.isFinite } && terms.count <= 10)
      #expect(!terms.contains { $0.text.contains("picture") })
      #expect(
        try workspace.label(cluster) == terms.prefix(3).map(\.text).joined(separator: " · "))
    }
    #expect(try workspace.verify() == [])
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: folder("ws/names.json"))))
    let object = try #require(json as? [String: Any])
    #expect(object["format"] as? Int == 1 && object["source"] as? String == "captions")
    #expect((object["concepts"] as? [Any])?.count == 5)
  }

  @Test func threadsLeaveNoTrace() throws {
    let folder = try TemporaryFolder()
    for threads in [1, 2, 5] {
      _ = try build(folder, to: "t\(threads)", threads: threads) { "k\($0),\($1) \($0 % 4)th of" }
    }
    let one = try folder.identity("t1")["names.json"]
    #expect(one?.isEmpty == false)
    #expect(try folder.identity("t2")["names.json"] == one)
    #expect(try folder.identity("t5")["names.json"] == one)
  }

  @Test func pathsNameConceptsWithoutCaptions() throws {
    let folder = try TemporaryFolder()
    let workspace = try build(folder, header: "key") { row, subject in
      "\(subject.replacingOccurrences(of: " ", with: "_"))/\(row).jpg"
    }
    // Blank captions are as good as none.
    let blank = try build(folder, to: "blank") { row, subject in
      "\(subject.replacingOccurrences(of: " ", with: "_"))/\(row).jpg,\(row % 2 == 0 ? "" : " ")"
    }
    for cluster in 0..<5 {
      let label = try #require(try workspace.label(cluster))
      #expect(try subject(workspace, cluster).contains(label.split(separator: " · ")[0]))
      #expect(try blank.label(cluster) == label)
      #expect(!label.contains("jpg"))
    }
  }

  @Test func nothingToNameByIsNoName() throws {
    let folder = try TemporaryFolder()
    let numbers = try build(folder, header: "key") { row, _ in "\(row)" }
    let rows = (0..<20).map { [Float($0), 1, 2] }
    let bare = try folder.build([folder.shard("bare", rows)], to: "bare", clusters: 2)
    for workspace in [numbers, bare] {
      for cluster in 0..<workspace.clusters {
        #expect(try workspace.name(cluster) == [])
        #expect(try workspace.label(cluster) == nil)
      }
      #expect(try workspace.verify() == [])
    }
    let text = String(
      decoding: try #require(try folder.identity("bare")["names.json"]), as: UTF8.self)
    #expect(
      text == """
        {"format": 1, "source": "none", "concepts": [
        {"terms": []},
        {"terms": []}
        ]}

        """)
  }

  @Test func oneConceptHasItsCommonestWords() throws {
    let folder = try TemporaryFolder()
    let workspace = try build(folder, clusters: 1) { "k\($0),sea view \($1)" }
    #expect(try workspace.label(0)?.hasPrefix("sea view") == true)
  }

  @Test func labelsReadFastAreThoseReadSlowly() throws {
    let folder = try TemporaryFolder()
    _ = try build(folder) { "k\($0),\($1)" }
    func terms(_ texts: [String]) -> String {
      "{\"terms\": ["
        + texts.map { "{\"term\": \"\($0)\", \"weight\": 0.5}" }
        .joined(separator: ", ") + "]}"
    }
    let ten = (0..<10).map { "term \($0)" }
    for lines in [
      [[], ["one"], ["one", "two"], ["one", "two", "three"], ten],
      // Escapes, other scripts, and what looks like the end of a line.
      [
        [#"a\"b"#], [#"\u00e9t\u00e9"#, "x"], ["花束", "naïve"], ["a}b", "]}"], [#"a\\"#, #"\n"#],
      ],
    ] {
      let head = #"{"format": 1, "source": "captions", "concepts": [\#n"#
      let objects = lines.map(terms).joined(separator: ",\n")
      // Other programs may put blanks elsewhere, which only the decoder reads.
      for body in [objects, objects.replacingOccurrences(of: #"": "#, with: #"" : "#)] {
        let written = head + body + "\n]}\n"
        try folder.write("ws/names.json", written)
        let workspace = try OpenWorkspace(path: folder("ws"))
        for cluster in 0..<5 {
          var label: [UInt8] = []
          try workspace.appendLabel(cluster, to: &label)
          #expect(String(decoding: label, as: UTF8.self) == (try workspace.label(cluster) ?? ""))
        }
      }
    }
    try folder.write(
      "ws/names.json",
      "{\"format\": 1, \"source\": \"captions\", \"concepts\": [\n"
        + Array(repeating: "{\"terms\": [{\"term\": \"a\", \"weight\": -1}]}", count: 5)
        .joined(separator: ",\n") + "\n]}\n")
    let damaged = try OpenWorkspace(path: folder("ws"))
    #expect(
      refusal {
        var label: [UInt8] = []
        try damaged.appendLabel(0, to: &label)
      }?.contains("names.json") == true)
  }

  @Test func damagedNamesAreRefused() throws {
    let folder = try TemporaryFolder()
    _ = try build(folder) { "k\($0),\($1)" }
    let whole = String(
      decoding: try #require(try folder.identity("ws")["names.json"]), as: UTF8.self)
    let lines = whole.split(separator: "\n").map(String.init)
    for damage in [
      "", lines.dropLast(2).joined(separator: "\n"), whole + "\n",
      whole.replacingOccurrences(of: "\"format\": 1", with: "\"format\": 2"),
      whole.replacingOccurrences(of: "\"terms\"", with: "\"words\""),
      whole.replacingOccurrences(of: "\"weight\": ", with: "\"weight\": -"),
      whole.replacingOccurrences(of: "\"weight\": 0", with: "\"weight\": 1e999"),
      whole.replacingOccurrences(of: "\"weight\": 1", with: "\"weight\": \"1\""),
    ] where damage != whole {
      try folder.write("ws/names.json", damage)
      let workspace = try OpenWorkspace(path: folder("ws"))
      let message = refusal { for cluster in 0..<5 { _ = try workspace.name(cluster) } }
      #expect(message?.contains("ws/names.json") == true, "\(damage.prefix(80))")
      #expect(try workspace.verify().contains { $0.contains("names.json") })
    }
    // A workspace made by another program may have no names.
    try FileManager.default.removeItem(atPath: folder("ws/names.json"))
    #expect(try OpenWorkspace(path: folder("ws")).label(0) == nil)
  }
}
