// What a stage depends on, kept beside its results as JSON that a person can read: results are used
// again while it is the same, and the first thing that is not is what the user is told.

import FoundationEssentials
import Foundations
import Storage

/// What the results of a stage depend on; equal keys, equal results.
struct StageKey: Codable, Equatable, Sendable {
  /// The version of the program.
  var program: String
  /// The stamps of the files that it reads, in order.
  var inputs: [FileStamp] = []
  /// Parameters by their flags, as text; what was not given is missing.
  var parameters: [String: String] = [:]
  /// The digests of the keys of the stages whose results it reads, by their names.
  var after: [String: String] = [:]

  static let fileName = "key.json"

  /// SHA-256 of the JSON.
  func digest() throws(WinnowError) -> String {
    var digest = Digest()
    digest.update(try encodeJSON(self))
    return digest.hex()
  }

  func write(to folder: String) throws(WinnowError) {
    let bytes = try encodeJSON(self)
    let path = folder + "/" + Self.fileName
    var file = try StageFile(path)
    try file.write(elements: bytes)
    try file.commit()
  }

  /// The key that is stored in `folder`; nil where there is none, or a damaged one.
  static func read(from folder: String) -> StageKey? {
    guard let bytes = try? InputFile.contents(of: folder + "/" + fileName) else { return nil }
    return try? JSONDecoder().decode(StageKey.self, from: Data(bytes))
  }

  /// What differs from the stored key `old`, for people; nil when nothing does.
  ///
  /// - Parameter names: the paths of ``inputs``.
  func difference(from old: StageKey, names: [String]) -> String? {
    var found: [String] = []
    if program != old.program {
      found.append("the program was \(old.program), is \(program)")
    }
    for name in Set(parameters.keys).union(old.parameters.keys).sorted()
    where parameters[name] != old.parameters[name] {
      found.append(
        "\(name) was \(old.parameters[name] ?? "not given"), is \(parameters[name] ?? "not given")")
    }
    for name in Set(after.keys).union(old.after.keys).sorted() where after[name] != old.after[name]
    {
      found.append("because \(name) changed")
    }
    found += inputDifferences(from: old, names: names)
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }

  /// What differs in the inputs: how many there are, and the first that is another.
  private func inputDifferences(from old: StageKey, names: [String]) -> [String] {
    var found: [String] = []
    if inputs.count != old.inputs.count {
      found.append("the inputs were \(old.inputs.count) files, are \(inputs.count)")
    }
    let others = changedInputs(from: old).filter { $0 < old.inputs.count }
    if let first = others.first, let text = old.inputs[first].difference(to: inputs[first]) {
      found.append(
        "\(first < names.count ? names[first] : "input \(first)") changed: \(text)"
          + (others.count > 1 ? " (and \(others.count - 1) more)" : ""))
    }
    return found
  }

  /// The inputs that are not those of `old`, by their places.
  func changedInputs(from old: StageKey) -> [Int] {
    inputs.indices.filter { $0 >= old.inputs.count || inputs[$0] != old.inputs[$0] }
  }

  /// The same but for the inputs.
  func agreesBesideInputs(with other: StageKey) -> Bool {
    var (one, two) = (self, other)
    one.inputs = []
    two.inputs = []
    return one == two
  }
}
