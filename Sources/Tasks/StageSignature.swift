// What the results of a stage follow from, kept beside them as JSON that a person can read.  Results
// are used again while it stays the same; otherwise the first difference is what the user is told.

import FoundationEssentials
import Foundations
import Storage

/// What the results of a stage follow from: equal signatures, equal results.
package struct StageSignature: Codable, Equatable, Sendable {
  /// The version of the program.
  package var program: String
  /// The stamps of the files that the stage reads, in order.
  package var inputs: [FileStamp]
  /// Parameters by their flags, as text; those that were not given are missing.
  package var parameters: [String: String]
  /// The digests of the signatures of the stages whose results it reads, by their names.
  package var after: [String: String]

  package static let fileName = "key.json"

  package init(
    program: String, inputs: [FileStamp] = [], parameters: [String: String] = [:],
    after: [String: String] = [:]
  ) {
    self.program = program
    self.inputs = inputs
    self.parameters = parameters
    self.after = after
  }

  /// SHA-256 of the JSON.
  package func digest() throws(WinnowError) -> String {
    var digest = Digest()
    digest.update(try encodeJSON(self))
    return digest.hex()
  }

  func write(to folder: String) throws(WinnowError) {
    var file = try StageFile(folder + "/" + Self.fileName)
    try file.write(elements: try encodeJSON(self))
    try file.commit()
  }

  /// The signature stored in `folder`; nil where there is none, or a damaged one.
  package static func read(from folder: String) -> StageSignature? {
    guard let bytes = try? InputFile.contents(of: folder + "/" + fileName) else { return nil }
    return try? JSONDecoder().decode(StageSignature.self, from: Data(bytes))
  }

  /// What differs from the stored signature `old`, for people; nil when nothing does.
  ///
  /// - Parameter names: the paths of ``inputs``.
  func difference(from old: StageSignature, names: [String]) -> String? {
    var differences: [String] = []
    if program != old.program {
      differences.append("the program was \(old.program) and is now \(program)")
    }
    for name in Set(parameters.keys).union(old.parameters.keys).sorted()
    where parameters[name] != old.parameters[name] {
      differences.append(
        "\(name) was \(old.parameters[name] ?? "not given") and is now "
          + "\(parameters[name] ?? "not given")"
      )
    }
    for name in Set(after.keys).union(old.after.keys).sorted() where after[name] != old.after[name]
    {
      differences.append("\(name) changed")
    }
    differences += inputDifferences(from: old, names: names)
    return differences.isEmpty ? nil : differences.joined(separator: ", ")
  }

  /// What differs in the inputs: how many there are, and the first one that changed.
  private func inputDifferences(from old: StageSignature, names: [String]) -> [String] {
    var differences: [String] = []
    if inputs.count != old.inputs.count {
      differences.append(
        "the number of input files was \(old.inputs.count) and is now \(inputs.count)")
    }
    let changed = changedInputs(from: old).filter { $0 < old.inputs.count }
    if let first = changed.first, let text = old.inputs[first].difference(to: inputs[first]) {
      differences.append(
        "\(first < names.count ? names[first] : "input \(first)") changed: \(text)"
          + (changed.count > 1 ? " (and \(changed.count - 1) more)" : ""))
    }
    return differences
  }

  /// The indices of the inputs that are not those of `old`.
  func changedInputs(from old: StageSignature) -> [Int] {
    inputs.indices.filter { $0 >= old.inputs.count || inputs[$0] != old.inputs[$0] }
  }

  /// Whether nothing but the inputs differs.
  func agreesBesideInputs(with other: StageSignature) -> Bool {
    var same = self
    same.inputs = other.inputs
    return same == other
  }
}
