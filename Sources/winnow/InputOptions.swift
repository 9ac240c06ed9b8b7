import ArgumentParser
import Build
import Ingest

/// The flags of `winnow build` that describe the inputs.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Layout of all inputs: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")) "
        + "(default: detected).",
      valueName: "layout"),
    completion: .list(Layout.allCases.map(\.rawValue)))
  var layout: String?

  @Option(
    help: ArgumentHelp(
      "The .npz member or Parquet column with the embeddings (default: l14_img, else b32_img; "
        + "embeddings, else embedding).",
      valueName: "name"))
  var embedding: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Rows and dimensions of a headerless float32 file, such as 1000000,512, or -1,512 to take "
        + "all its rows; repeat for each such file.",
      valueName: "n,d"))
  var shape: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file of fixed-width keys (numpy's S24, with or without a header); repeat for each file "
        + "of embeddings.",
      valueName: "file"),
    completion: .file())
  var keys: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bytes per key in --keys files without a header.", valueName: "bytes"))
  var keyWidth = 24

  @Flag(
    help: "Count duplicate keys in a DataComp pool instead of failing.")
  var allowDuplicates = false

  @Option(
    help: ArgumentHelp(
      "With --centroids, take the cluster of every row from this .npy file of integers.",
      valueName: "file"),
    completion: .file(extensions: ["npy"]))
  var assignments: String?

  func validate() throws {
    if let layout, Layout(rawValue: layout) == nil {
      throw ValidationError(
        "--layout: expected \(Layout.allCases.map(\.rawValue).joined(separator: ", ")), found "
          + "'\(layout)'")
    }
    for text in shape where MapShape(text) == nil {
      throw ValidationError(
        "--shape: expected rows and dimensions such as 1000000,512 or -1,512, found '\(text)'")
    }
    guard (1...1 << 16).contains(keyWidth) else {
      throw ValidationError("--key-width: expected 1 to 65536 bytes, found \(keyWidth)")
    }
  }

  func apply(to parameters: inout BuildParameters) {
    parameters.ingest.layout = layout.flatMap(Layout.init)
    parameters.ingest.embedding = embedding
    parameters.ingest.shapes = shape.compactMap { MapShape($0) }
    parameters.ingest.keyFiles = keys
    parameters.ingest.keyWidth = keyWidth
    parameters.assignmentsFile = assignments
    parameters.allowDuplicates = allowDuplicates
  }
}
