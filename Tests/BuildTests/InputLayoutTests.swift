// Every layout, written by the library that users have it from, gives the arrays that plain .npy files
// with the same rows give.

import Build
import BuildSupport
import Foundation
import Ingest
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

@Suite(
  .enabled(if: testPython() != nil, "WINNOW_TEST_PYTHON names no Python with numpy and pyarrow"))
struct InputLayoutTests {
  let folder: TemporaryFolder
  let plain: [String]

  /// Two shards of 30 and 40 rows of 6 dimensions, as `a.npy` and `b.npy` and to the scripts.
  init() throws {
    folder = try TemporaryFolder()
    let rows = clumpedRows(70, dimensions: 6)
    plain = [
      try folder.shard("a", Array(rows[..<30])), try folder.shard("b", Array(rows[30...])),
    ]
  }

  /// Runs a script that has the shards as `a` and `b`, the folder as the current one.
  private func write(_ script: String) throws {
    _ = try runPython(
      """
      import os, sys, numpy as np
      os.chdir(sys.argv[1])
      a, b = np.load('a.npy'), np.load('b.npy')
      def parquet(name, start, count, **columns):
        import pyarrow, pyarrow.parquet
        table = pyarrow.table({'uid': [f'{i * 7919:032x}' for i in range(start, start + count)],
                               **columns})
        pyarrow.parquet.write_table(table, name)
      def lists(rows, type='float'):
        import pyarrow
        item = {'float': pyarrow.float32(), 'double': pyarrow.float64(),
                'halffloat': pyarrow.float16()}[type]
        kind = {'float': 'f4', 'double': 'f8', 'halffloat': 'f2'}[type]
        return pyarrow.array([list(row) for row in rows.astype(kind)], type=pyarrow.list_(item))
      \(script)
      """, [folder.path])
  }

  /// The arrays that depend on the rows alone.
  private func arrays(_ name: String) throws -> [String: [UInt8]] {
    try folder.identity(name).filter {
      ["members.npy", "distances.npy", "centroids.npy", "clusters.npy", "offsets.npy"]
        .contains($0.key)
    }
  }

  /// Expects that these inputs, read so, give what the plain files give.
  @discardableResult
  private func expectPlain(
    _ inputs: [String], threads: Int = 2, _ change: (inout BuildParameters) -> Void = { _ in }
  ) throws -> OpenWorkspace {
    try? FileManager.default.removeItem(atPath: folder("ws"))
    try? FileManager.default.removeItem(atPath: folder("plain"))
    try folder.build(plain, to: "plain")
    let found = try folder.build(inputs.map { folder($0) }, threads: threads, change)
    let expected = try arrays("plain")
    #expect(expected.count == 5)
    #expect(try arrays("ws") == expected)
    #expect(try found.verify() == [])
    #expect(try folder.names("ws/stage") == ["scan"])
    return found
  }

  private func digest(_ name: String) throws -> String {
    try runPython(
      "import sys, hashlib; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())",
      [folder(name)]
    ).filter { !$0.isWhitespace }
  }

  @Test(
    arguments: ["savez", "savez_compressed"], ["<f2", "<f4", "<f8"])
  func dataCompPool(function: String, type: String) throws {
    try write(
      """
      os.makedirs('pool/metadata')
      for name, start, rows in [('0f', 0, a), ('10', 30, b)]:
        np.\(function)(f'pool/metadata/{name}.npz', b32_img=np.ones((len(rows), 9), 'f2'),
                       l14_txt=rows[::-1], l14_img=rows.astype('\(type)'))
        parquet(f'pool/metadata/{name}.parquet', start, len(rows), text=['x'] * len(rows))
      """)
    let workspace = try expectPlain(["pool"])
    let inputs = workspace.description.inputs
    #expect(inputs.map(\.embedding) == ["l14_img", "l14_img"])
    #expect(
      inputs.map(\.digest) == [
        try digest("pool/metadata/0f.npz"), try digest("pool/metadata/10.npz"),
      ])
    #expect(workspace.description.columns.keyKind == "hex")
    #expect(workspace.description.columns.duplicateKeys == nil)
    // The files' own folder, one file, and another member.
    try expectPlain(["pool/metadata"])
    try expectPlain(["pool/metadata/0f.npz", "pool/metadata/10.npz"])
    let other = try folder.build([folder("pool")], to: "other") { $0.ingest.embedding = "l14_txt" }
    #expect(other.description.inputs[0].embedding == "l14_txt")
    #expect(try arrays("other") != arrays("ws"))
  }

  @Test func oneArchiveIsStoredAndOneDeflated() throws {
    try write(
      "os.mkdir('pool'); np.savez('pool/0.npz', b32_img=a)\n"
        + "np.savez_compressed('pool/1.npz', b32_img=b)")
    let workspace = try expectPlain(["pool"])
    #expect(workspace.description.columns.key == nil)
    #expect(
      workspace.description.inputs.map(\.digest)
        == [try digest("pool/0.npz"), try digest("pool/1.npz")])
  }

  @Test(arguments: ["float", "double", "halffloat"])
  func parquetColumnOfLists(type: String) throws {
    try write(
      """
      os.mkdir('nemo')
      parquet('nemo/part.2.parquet', 0, 30, id=[f'i{n}' for n in range(30)],
              embeddings=lists(a, '\(type)'))
      parquet('nemo/part.10.parquet', 30, 40, id=[f'j{n}' for n in range(40)],
              embeddings=lists(b, '\(type)'))
      """)
    let workspace = try expectPlain(["nemo"]) { $0.ingest.key = "id" }
    #expect(
      workspace.description.inputs.map(\.element)
        == Array(repeating: type == "double" ? "float64" : "float32", count: 2))
    #expect(
      workspace.description.inputs.map(\.digest)
        == [try digest("nemo/part.2.parquet"), try digest("nemo/part.10.parquet")])
    #expect(try workspace.key(69) == "j39" && workspace.key(0) == "i0")
  }

  @Test func parquetArraysOfFixedSize() throws {
    try write(
      """
      import pyarrow
      for name, start, rows in [('0', 0, a), ('1', 30, b)]:
        parquet(name + '.parquet', start, len(rows), **{"it's \\"the\\"\\ncolumn":
          pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(rows.ravel()), 6)})
      """)
    try expectPlain(["0.parquet", "1.parquet"])
    try expectPlain(["0.parquet", "1.parquet"]) { $0.ingest.embedding = "it's \"the\"\ncolumn" }
  }

  @Test func valuesThatTextMustKeep() throws {
    // Any bits of a float32: the smallest, the largest, neighbours, and 500 random ones.
    try write(
      """
      bits = np.random.default_rng(3).integers(0, 2**32, 6 * 1000, dtype=np.uint32)
      bits[:8] = [1, 0x7FFFFF, 0x800000, 0x7F7FFFFF, 0x3DCCCCCD, 0x3DCCCCCC, 0x80000001, 0x80000000]
      values = bits.view('f4').reshape(1000, 6)
      values[~np.isfinite(values)] = 1
      np.save('bits.npy', values)
      parquet('bits.parquet', 0, 1000, embeddings=lists(values))
      np.save('wide.npy', np.random.default_rng(4).standard_normal((100, 6)) ** 9)
      parquet('wide.parquet', 0, 100, embeddings=lists(np.load('wide.npy'), 'double'))
      """)
    for name in ["bits", "wide"] {
      try folder.build([folder(name + ".npy")], to: name)
      try folder.build([folder(name + ".parquet")], to: name + "-lists")
      #expect(try arrays(name) == arrays(name + "-lists"))
    }
  }

  @Test func invalidRowsOfListsAreNamed() throws {
    try write(
      "a[3, 2] = np.nan; a[7, 0] = np.inf; a[9] = 0\n"
        + "parquet('x.parquet', 0, 30, embedding=lists(a)); np.save('x.npy', a)")
    let text = refusal { try folder.build([folder("x.parquet")]) }
    for part in ["row 3 (NaN)", "row 7 (infinite)", "row 9 (all zeros)"] {
      #expect(text?.contains("\(folder("x.parquet")) \(part)") == true, "\(text ?? "no error")")
    }
    try folder.build([folder("x.parquet")]) { $0.skipInvalid = true }
    try folder.build([folder("x.npy")], to: "x") { $0.skipInvalid = true }
    #expect(try arrays("ws") == arrays("x"))
  }

  @Test func float32WithoutAHeaderAndKeysOfOneWidth() throws {
    try write(
      """
      for name, rows, start in [('a', a, 0), ('b', b, 30)]:
        array = np.memmap(name + '.map', dtype='float32', mode='w+', shape=rows.shape)
        array[:] = rows
        array.flush()
        keys = np.memmap(name + '.keys', dtype='S24', mode='w+', shape=(len(rows),))
        keys[:] = [f"it's/{start + i}\\n.jpg".encode() for i in range(len(rows))]
        keys.flush()
        np.save(name + '.keys.npy', keys)
      """)
    for shapes in [["30,6", "40,6"], ["-1,6"]] {
      for keys in [["a.keys", "b.keys"], ["a.keys.npy", "b.keys"], []] {
        let workspace = try expectPlain(["a.map", "b.map"]) {
          $0.ingest.shapes = shapes.map { MapShape($0)! }
          $0.ingest.keyFiles = keys.map { folder($0) }
        }
        if keys.isEmpty { continue }
        #expect(workspace.description.columns.keyKind == "text")
        #expect(try workspace.key(69) == "it's/69\n.jpg" && workspace.key(3) == "it's/3\n.jpg")
      }
    }
    // Keys go with any embeddings that have none.
    try expectPlain(["a.npy", "b.npy"]) {
      $0.ingest.keyFiles = [folder("a.keys"), folder("b.keys.npy")]
    }
  }

  @Test func severalRootsOfDifferentLayouts() throws {
    try write(
      """
      os.makedirs('pool/metadata'); os.makedirs('clip/img_emb'); os.makedirs('clip/metadata')
      np.savez_compressed('pool/metadata/x.npz', l14_img=a[:10])
      parquet('pool/metadata/x.parquet', 0, 10)
      np.save('clip/img_emb/img_emb_0.npy', a[10:])
      parquet('clip/metadata/metadata_0.parquet', 10, 20)
      parquet('lists.parquet', 30, 40, embeddings=lists(b))
      b[:].tofile('b.map')
      """)
    let workspace = try expectPlain(["pool", "clip", "lists.parquet"])
    #expect(workspace.description.columns.key == "uid")
    let text = refusal {
      try folder.build([folder("pool"), folder("clip"), folder("b.map")]) {
        $0.ingest.shapes = [MapShape("40,6")!]
        $0.force = true
      }
    }
    #expect(text?.hasPrefix("\(folder("b.map")): expected metadata as ") == true, "\(text ?? "")")
    try folder.build([folder("b.map"), folder("a.npy")], to: "mixed") {
      $0.ingest.shapes = [MapShape("40,6")!]
    }
    try folder.build([plain[1], plain[0]], to: "swapped")
    #expect(try arrays("mixed") == arrays("swapped"))
  }

  @Test(arguments: [StageName.convert, .scan, .sort], [1, 2])
  func conversionsAreContinued(stage: StageName, threads: Int) throws {
    try write(
      "os.mkdir('pool')\n"
        + "for i in range(7): np.savez_compressed(f'pool/{i}.npz', l14_img=np.vstack([a, b])[i::7])"
    )
    try folder.build([folder("pool")], to: "fresh")
    let isOver = Mutex(false)
    let told = Mutex<[String]>([])
    _ = refusal {
      try folder.build(
        [folder("pool")], threads: threads,
        observer: BuildObserver(
          progress: { event in
            // The third shard is begun when one at least is finished.
            if event.stage == stage, event.done >= (stage == .convert ? 30 : 1) {
              isOver.withLock { $0 = true }
            }
          }, isCancelled: { isOver.withLock { $0 } }))
    }
    let converted = try folder.names(".ws.building/stage/convert").filter { $0 != "key.json" }
    #expect(!converted.isEmpty && converted.allSatisfy { $0.hasSuffix(".npy") })
    // One is torn, one archive is another.
    var bytes = [UInt8](
      try Data(
        contentsOf: URL(fileURLWithPath: folder(".ws.building/stage/convert/\(converted[0])"))))
    bytes[bytes.count / 2] ^= 4
    try folder.write(".ws.building/stage/convert/\(converted[0])", bytes)
    try folder.build(
      [folder("pool")], threads: threads,
      observer: BuildObserver(message: { text in told.withLock { $0.append(text) } }))
    #expect(try folder.identity("ws") == folder.identity("fresh"))
    if converted.count > 1 {
      let all = told.withLock { $0 }
      #expect(
        all.contains { $0.hasPrefix("convert: \(converted.count - 1) of 7 tasks ") }, "\(all)")
    }
  }

  @Test func aDamagedMemberThatIsReadInPlaceIsRefused() throws {
    try write("os.mkdir('pool'); np.savez('pool/0.npz', l14_img=a, other=b)")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("pool/0.npz"))))
    bytes[400] ^= 1
    try folder.write("pool/0.npz", bytes)
    #expect(
      refusal { try folder.build([folder("pool")]) }?.contains(
        "pool/0.npz: member l14_img: its bytes do not match the CRC-32 in the archive")
        == true)
  }

  @Test func theForecastCountsConversions() throws {
    try write(
      "os.mkdir('pool'); np.savez('pool/0.npz', l14_img=a)\n"
        + "np.savez_compressed('pool/1.npz', l14_img=b)")
    let before = try contents(below: folder.path)
    func convert(_ inputs: [String]) throws -> BuildForecast.Stage? {
      var parameters = BuildParameters(
        inputs: inputs, output: folder("ws"), clusters: 4, threads: 1, instructions: .best,
        ingest: IngestOptions(environment: ProcessInfo.processInfo.environment), version: "test")
      parameters.seed = 2
      return try forecastBuild(parameters).stages.first { $0.stage == "convert" }
    }
    let found = try #require(try convert([folder("pool")]))
    #expect(found.tasks == 1 && found.before == 0 && found.disk == 40 * 6 * 4)
    #expect(try convert([folder("pool/1.npz")])?.tasks == 1)
    #expect(try convert(plain) == nil)
    #expect(try contents(below: folder.path) == before)
  }
}
