import Foundations
import Workspace

enum TextManifest: ManifestWriter {
  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    try list.faults(Check(header: list.header))
  }

  private struct Check: ListCheck {
    let header: Provenance
    var count = 0

    mutating func take(_ block: UnsafeRawBufferPointer) { count += block.count { $0 == 0x0A } }
    mutating func faults() -> [String] { countFaults(count, header) }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    for row in source.rows {
      let key = try source.workspace.key(row)
      guard !key.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
        throw .invalid(
          "row \(row): its key has a line break, which a list with one key per line cannot "
            + "contain; choose --format jsonl")
      }
      try sink.write(key)
      try sink.write(CollectionOfOne(0x0A))
      try sink.endRow()
    }
  }
}
