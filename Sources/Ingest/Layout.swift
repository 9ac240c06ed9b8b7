// What a path that the user named is: the first layout that fits, or the one that was asked for.

import Foundations
import Storage

/// How an input lays its shards out.
public enum Layout: String, Sendable, CaseIterable, Codable {
  /// A folder with `img_emb/img_emb_N.npy` and perhaps `metadata/metadata_N.*`.
  case clipRetrieval = "clip-retrieval"
  /// A DataComp pool: a folder with `NAME.npz` and perhaps `NAME.parquet` in it or in `metadata/`,
  /// or one such `.npz` file.
  case datacomp
  /// A folder with `*.npy` files.
  case folder = "npy-folder"
  /// One `.npy` file.
  case file = "npy-file"
  /// One file of float32 numbers without a header.
  case map = "float32-map"
  /// A `.parquet` file, or a folder of some, with embeddings in a column of lists.
  case parquetLists = "parquet-lists"

  /// For people.
  public var description: String {
    switch self {
    case .clipRetrieval: "a clip-retrieval folder"
    case .datacomp: "a DataComp pool"
    case .folder: "a folder of .npy files"
    case .file: "a .npy file"
    case .map: "float32 numbers without a header"
    case .parquetLists: "Parquet with a column of lists"
    }
  }

  /// What `input` is taken for.
  ///
  /// - Throws: ``WinnowError`` when nothing fits, or not what the user asked for.
  static func recognise(_ input: String, _ options: IngestOptions) throws(WinnowError) -> Layout {
    if isAddress(input) {
      throw WinnowError(
        path: input, fault: "expected a path on this machine, found a remote address",
        remedy: "mount it first (for example with rclone mount, or mount-s3 for s3://) and name "
          + "the path below the mount")
    }
    let kind = pathKind(input)
    switch kind {
    case .nothing:
      throw WinnowError(
        path: input, fault: "expected a file or folder, found none", remedy: "check the path")
    case .special:
      throw WinnowError(
        path: input, fault: "expected a file or folder, found a device or a pipe",
        remedy: "write the embeddings to a file first")
    case .file, .folder: break
    }
    guard let asked = options.layout else {
      return kind == .file ? try ofFile(input, options) : try ofFolder(input)
    }
    let kinds: [PathKind] =
      switch asked {
      case .clipRetrieval, .folder: [.folder]
      case .file, .map: [.file]
      case .datacomp, .parquetLists: [.file, .folder]
      }
    guard kinds.contains(kind) else {
      throw WinnowError(
        path: input,
        fault: "expected \(asked.description) (--layout \(asked.rawValue)), found a "
          + (kind == .file ? "file" : "folder"),
        remedy: "name another path or leave out --layout")
    }
    return asked
  }

  private static func ofFile(
    _ input: String, _ options: IngestOptions
  ) throws(WinnowError) -> Layout {
    let file = try InputFile(input)
    let start: [UInt8] = try file.elements(min(6, file.size), at: 0)
    if start == NpyHeader.magic { return .file }
    if input.hasSuffix(".npz") { return .datacomp }
    if input.hasSuffix(".parquet") { return .parquetLists }
    if !options.shapes.isEmpty { return .map }
    if input.hasSuffix(".npy") { return .file }
    if start.starts(with: [0x50, 0x4B, 3, 4]) { return .datacomp }
    if start.starts(with: Array("PAR1".utf8)) { return .parquetLists }
    return .file
  }

  private static func ofFolder(_ input: String) throws(WinnowError) -> Layout {
    let folder = withoutTrailingSlashes(input)
    if pathKind(folder + "/img_emb") == .folder { return .clipRetrieval }
    guard pathKind(folder + "/workspace.json") != .file else {
      throw WinnowError(
        path: input, fault: "expected embeddings, found a workspace",
        remedy: "name the embeddings that it was built from, or open it with winnow explore")
    }
    let own = try visibleNames(folder)
    func has(_ suffix: String) -> Bool { own.contains { $0.hasSuffix(suffix) } }
    if has(".npz"), has(".npy") {
      throw WinnowError(
        path: input, fault: "expected .npy or .npz files, found both",
        remedy: "choose one with --layout npy-folder or --layout datacomp")
    }
    if has(".npz") { return .datacomp }
    if has(".npy") { return .folder }
    if pathKind(folder + "/metadata") == .folder,
      try visibleNames(folder + "/metadata").contains(where: {
        $0.hasSuffix(".npz") || $0.hasSuffix(".parquet")
      })
    {
      return .datacomp
    }
    if has(".parquet") { return .parquetLists }
    throw WinnowError(
      path: input,
      fault: "expected .npy, .npz or .parquet files, or a folder img_emb or metadata with some, "
        + "found none",
      remedy: "name the folder that holds the embeddings")
  }

  /// The names in a folder but for hidden ones, by their bytes.
  static func visibleNames(_ folder: String) throws(WinnowError) -> [String] {
    try namesInFolder(folder).filter { !$0.hasPrefix(".") }
  }

  /// The paths of the files of a kind in a folder, in natural order.
  ///
  /// - Throws: ``WinnowError`` when there are none.
  static func files(_ suffix: String, in folder: String) throws(WinnowError) -> [String] {
    let names = try visibleNames(folder).filter { $0.hasSuffix(suffix) }
    guard !names.isEmpty else {
      throw WinnowError(
        path: folder, fault: "expected \(suffix) files, found none",
        remedy: "name the folder that holds the embeddings")
    }
    return names.sorted(by: naturallyPrecedes).map { folder == "/" ? "/\($0)" : "\(folder)/\($0)" }
  }

  /// Whether a text is an address such as `s3://bucket/name`.
  private static func isAddress(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    return text[colon...].hasPrefix("://")
      && text[..<colon].utf8.allSatisfy { byte in
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2B || byte == 0x2D
          || byte == 0x2E
      }
  }
}
