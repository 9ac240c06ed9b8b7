// DataComp pools (https://github.com/mlfoundations/datacomp): `metadata/NAME.npz` with several
// encoders' embeddings of the items of `metadata/NAME.parquet`.  Files are taken by the bytes of
// their names, as `sorted` has them in Python.

import Foundations
import Storage

struct DataCompPool {
  private let folder: String
  private let options: IngestOptions
  private let archives: [String]
  /// Whether all of the folder was named and not one archive in it.
  private let isFolder: Bool

  /// - Parameter input: a pool, its folder `metadata`, or one of its `.npz` files.
  init(_ input: String, _ options: IngestOptions) throws(WinnowError) {
    self.options = options
    isFolder = pathKind(input) == .folder
    guard isFolder else {
      folder = parentFolder(input)
      archives = [input]
      return
    }
    let own = try Layout.visibleNames(input)
    let inner = input + "/metadata"
    let isOuter = !own.contains { $0.hasSuffix(".npz") } && pathKind(inner) == .folder
    let place = isOuter ? inner : input
    folder = place
    archives = (isOuter ? try Layout.visibleNames(inner) : own)
      .filter { $0.hasSuffix(".npz") }.map { "\(place)/\($0)" }
    guard !archives.isEmpty else {
      throw WinnowError(
        path: place, fault: "expected files NAME.npz with embeddings, found none",
        remedy: "fetch the pool's embeddings (DataComp's download_upstream.py downloads them), or "
          + "name the folder that holds them")
    }
  }

  /// - Throws: ``WinnowError`` when archives and metadata do not pair, or one has not the embeddings.
  func shards() throws(WinnowError) -> [EmbeddingShard] {
    let metadata = try metadataFiles()
    let name = try embeddingName()
    var shards: [EmbeddingShard] = []
    for archive in archives {
      let stem = stem(archive)
      let file = metadata[stem]
      guard metadata.isEmpty || file != nil else {
        throw WinnowError(
          path: archive,
          fault: "expected metadata \(stem).parquet beside it as for the other files, found none",
          remedy: "fetch the file's metadata, or move all metadata away to build without it")
      }
      shards.append(try EmbeddingShard(npz: archive, embedding: name, metadata: file))
    }
    return shards
  }

  /// The metadata by the stem of the archive that it belongs to.
  private func metadataFiles() throws(WinnowError) -> [String: MetadataFile] {
    let wanted = Set(archives.map(stem))
    var found: [String: MetadataFile] = [:]
    for name in try Layout.visibleNames(folder) {
      let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) }
      guard let format = MetadataFile.Format.bySuffix.first(where: { $0.rawValue == suffix })
      else { continue }
      let (path, stem) = ("\(folder)/\(name)", stem(name))
      guard wanted.contains(stem) else {
        guard isFolder, format == .parquet else { continue }
        throw WinnowError(
          path: path, fault: "expected embeddings \(stem).npz beside it, found none",
          remedy: "fetch the file's embeddings, or move this file away")
      }
      if let other = found.updateValue(MetadataFile(path: path, format: format), forKey: stem) {
        throw WinnowError(
          path: path,
          fault: "expected one metadata file for \(stem).npz, also found "
            + lastComponent(other.path),
          remedy: "keep one of them")
      }
    }
    return found
  }

  /// The member to take: the one asked for, else what the first archive has of the usual ones.
  private func embeddingName() throws(WinnowError) -> String {
    if let name = options.embedding { return name }
    let first = archives[0]
    let arrays = try ZipArchive(of: InputFile(first)).arrays
    guard let name = ["l14_img", "b32_img"].first(where: arrays.contains) else {
      throw .embeddingMissing(first, "l14_img' or 'b32_img", arrays)
    }
    return name
  }
}
