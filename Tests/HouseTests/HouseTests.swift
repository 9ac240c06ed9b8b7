// The walls of the house: who may import whom, and what must not be in any file.  The table is
// the one place where an arrow may be added; docs/architecture.md explains it.

import Foundation
import TestSupport
import Testing

@Suite struct HouseTests {
  /// Each room, and the rooms below it that it may use.
  static let rooms: [String: Set<String>] = {
    // What each room names in Package.swift; it may use what stands below those, too.
    let arrows: [String: Set<String>] = [
      "CKernels": [], "CNcursesw": [], "CZlib": [], "Foundations": [], "Canvas": [],
      "TextSearch": [], "Pruning": ["Foundations"],
      "Storage": ["Foundations", "CKernels", "CZlib"],
      "Ingest": ["Storage"],
      "Clustering": ["Storage"],
      // The wall: nothing from here on can name a symbol of a build.
      "Workspace": ["Storage", "Pruning", "TextSearch"],
      "Manifests": ["Workspace", "Ingest"],
      "Explorer": ["Manifests", "Canvas"],
      "Terminal": ["Explorer", "CNcursesw"],
      // Left of it.
      "Tasks": ["Storage"],
      "Build": ["Tasks", "Workspace", "Clustering", "Ingest"],
      "winnow": ["Build", "Terminal"],
    ]
    func below(_ room: String) -> Set<String> {
      arrows[room]!.reduce(arrows[room]!) { $0.union(below($1)) }
    }
    return Dictionary(uniqueKeysWithValues: arrows.keys.map { ($0, below($0)) })
  }()

  /// Modules of others that only some rooms may use.
  static let guests: [String: Set<String>] = [
    "CNcursesw": ["Terminal"],
    "CZlib": ["Storage"],
    "Crypto": ["Storage"],
    "ArgumentParser": ["winnow"],
  ]

  /// What a room without any of our modules below it may use: the language's own parts.
  static let pure: [String: Set<String>] = [
    "Pruning": ["FoundationEssentials", "Foundation", "Foundations", "Synchronization"],
    "Canvas": [],
    "TextSearch": [],
  ]

  @Test func everyFolderOfSourcesIsARoomOfTheTable() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: "\(packageRoot())/Sources")
    #expect(Set(folders) == Set(Self.rooms.keys))
  }

  @Test(arguments: rooms.keys.sorted())
  func importsStayInsideTheTable(room: String) throws {
    let allowed = Self.rooms[room]!
    for file in try files(below: "Sources/\(room)", endingIn: [".swift"]) {
      for module in imports(of: file.text) {
        if Self.rooms[module] != nil {
          #expect(allowed.contains(module), "\(file.path) imports \(module)")
        }
        if let hosts = Self.guests[module] {
          #expect(hosts.contains(room), "\(file.path) imports \(module)")
        }
        if let few = Self.pure[room] {
          #expect(few.contains(module), "\(file.path) imports \(module)")
        }
      }
    }
  }

  @Test func cursesIsIncludedByItsShimAlone() throws {
    for file in try files(below: "Sources", endingIn: [".h", ".c", ".inc"])
    where file.text.contains("ncurses") {
      #expect(file.path.hasPrefix("Sources/CNcursesw/"), "\(file.path) reaches for curses")
    }
  }

  @Test func packageDeclaresWhatIsImportedAndNothingForbidden() throws {
    let declared = try declaredTargets()
    for (room, allowed) in Self.rooms {
      let target = try #require(declared[room], "Package.swift has no target \(room)")
      let ours = target.filter { Self.rooms[$0] != nil }
      #expect(ours.isSubset(of: allowed), "Package.swift lets \(room) use \(ours)")
      for (guest, hosts) in Self.guests where target.contains(guest) {
        #expect(hosts.contains(room), "Package.swift lets \(room) use \(guest)")
      }
      let known = Set(Self.rooms.keys).union(Self.guests.keys)
      let used = try files(below: "Sources/\(room)", endingIn: [".swift"])
        .reduce(into: Set<String>()) { $0.formUnion(imports(of: $1.text)) }
        .intersection(known)
      #expect(used.isSubset(of: target), "\(room) imports \(used), declared is \(target)")
    }
  }

  @Test func testsUseNoTestableImport() throws {
    for file in try files(below: "Tests", endingIn: [".swift"]) {
      for line in file.text.split(separator: "\n")
      where line.drop(while: { $0 == " " }).hasPrefix("@testable") {
        Issue.record("\(file.path): the tests run in a release build; make the symbol `package`")
      }
    }
  }

  @Test func noFileNamesOneMachineOrPutsThingsOff() throws {
    // Put together here, so that this file does not find itself.
    let forbidden = ["/" + "work/", "/" + "root/", "/" + "home/", "TO" + "DO", "FIX" + "ME"]
    for file in try files(
      below: "",
      endingIn: [".swift", ".c", ".h", ".inc", ".md", ".py", ".sh", ".json", ".modulemap", "run"])
    {
      for text in forbidden where file.text.contains(text) {
        Issue.record("\(file.path) contains \(text)")
      }
    }
  }

  @Test func theImportParserSeesEveryForm() {
    let text = """
      import A
      @preconcurrency import B
      public import struct C.D
      #if canImport(E)
        internal import E
      #endif
      // import F
      let important = 1
      """
    #expect(imports(of: text) == ["A", "B", "C", "E"])
  }

  // MARK: Reading the sources

  struct SourceFile {
    let path: String
    let text: String
  }

  /// The package's own files, by path below its root; what tools made is left out.
  func files(below folder: String, endingIn endings: [String]) throws -> [SourceFile] {
    let root = packageRoot()
    let start = folder.isEmpty ? root : "\(root)/\(folder)"
    guard let walk = FileManager.default.enumerator(atPath: start) else {
      throw RunFailure("\(start): not readable")
    }
    var found: [SourceFile] = []
    while let name = walk.nextObject() as? String {
      let last = name.split(separator: "/").last ?? ""
      if [".git", ".build", ".venv", "__pycache__"].contains(where: { last.hasPrefix($0) }) {
        walk.skipDescendants()
        continue
      }
      let path = "\(start)/\(name)"
      var isFolder: ObjCBool = false
      guard endings.contains(where: { last.hasSuffix($0) }),
        FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      found.append(
        SourceFile(
          path: folder.isEmpty ? name : "\(folder)/\(name)",
          text: String(decoding: bytes, as: UTF8.self)))
    }
    return found
  }

  /// The modules that a Swift file imports, whatever stands before and after the word.
  func imports(of text: String) -> Set<String> {
    var modules: Set<String> = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({
          $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
        })
      else { continue }
      var name = words[place + 1]
      let kinds = ["struct", "class", "enum", "func", "var", "let", "typealias", "protocol"]
      if kinds.contains(String(name)), place + 2 < words.count { name = words[place + 2] }
      modules.insert(String(name.prefix { $0 != "." }))
    }
    return modules
  }

  /// Each target of Package.swift with the names it depends on, products of others included.
  func declaredTargets() throws -> [String: Set<String>] {
    let url = URL(fileURLWithPath: "\(packageRoot())/Package.swift")
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    var targets: [String: Set<String>] = [:]
    for kind in [".target(", ".executableTarget(", ".systemLibrary(", ".testTarget("] {
      for start in text.ranges(of: kind) {
        let block = balanced(text[start.upperBound...], open: "(", close: ")")
        guard let name = try block.firstMatch(of: Regex(#"name: "([^"]+)""#))?[1].substring else {
          throw RunFailure("Package.swift: a target without a name: \(block)")
        }
        var names: Set<String> = []
        if let list = block.firstRange(of: "dependencies: [") {
          let items = balanced(block[list.upperBound...], open: "[", close: "]")
            .replacing(try Regex(#", package: "[^"]+""#), with: "")
          for item in items.matches(of: try Regex(#""([^"]+)""#)) {
            names.insert(String(item[1].substring!))
          }
        }
        targets[String(name)] = names
      }
    }
    return targets
  }

  /// The text up to the bracket that closes the one just before it.
  func balanced(_ text: Substring, open: Character, close: Character) -> Substring {
    var depth = 1
    for place in text.indices {
      if text[place] == open { depth += 1 }
      if text[place] == close { depth -= 1 }
      if depth == 0 { return text[..<place] }
    }
    return text
  }
}
