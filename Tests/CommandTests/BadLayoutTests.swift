// Malformed inputs of every layout: exit code 1, a message that names the file, and nothing but what
// was there.

import Foundation
import TestSupport
import Testing

@Suite(
  .enabled(if: testPython() != nil, "WINNOW_TEST_PYTHON names no Python with numpy and pyarrow"))
struct BadLayoutTests {
  /// Writes an input with a script, and expects its refusal; the hidden folder of an unfinished build
  /// may stay where the fault shows only when something was done.
  private func refused(
    _ script: String, of input: String = "in", flags: [String] = [], _ parts: [String]
  ) throws {
    let scratch = try TemporaryFolder()
    _ = try runPython(
      """
      import os, sys, numpy as np
      os.chdir(sys.argv[1])
      os.mkdir('in')
      rows = np.random.default_rng(2).standard_normal((40, 8)).astype('f4')
      def parquet(name, **columns):
        import pyarrow, pyarrow.parquet
        pyarrow.parquet.write_table(pyarrow.table(columns), name)
      \(script)
      """, [scratch.path])
    let before = try scratch.contents()
    let clusters = flags.contains("--centroids") ? [] : ["--clusters", "3"]
    let result = try winnow(
      ["build", input, "-o", "out.winnow"] + clusters + flags, folder: scratch.path)
    expectRefusal(result, parts)
    let after = try scratch.contents()
    for (name, bytes) in after where !name.hasPrefix(".out.winnow.building") {
      #expect(before[name] == bytes, "\(name)")
    }
    #expect(Set(before.keys).isSubset(of: after.keys))
    #expect(!after.keys.contains { $0.hasPrefix("out.winnow") })
  }

  @Test(arguments: [0, 3, 50, 500, 1400])
  func truncatedArchive(length: Int) throws {
    try refused(
      "np.savez('in/a.npz', l14_img=rows); os.truncate('in/a.npz', \(length))",
      ["in/a.npz: expected a zip archive (.npz), found no directory at its end"])
  }

  @Test func wrongMember() throws {
    try refused(
      "np.savez('in/a.npz', l14_txt=rows)",
      ["in/a.npz: expected embeddings 'l14_img' or 'b32_img', found 'l14_txt'", "--embedding"])
    try refused(
      "np.savez('in/a.npz', l14_img=rows)", flags: ["--embedding", "l14_txt"],
      ["in/a.npz: expected embeddings 'l14_txt', found 'l14_img'", "--embedding"])
    try refused(
      "np.savez_compressed('in/a.npz', l14_img=rows.astype('i4'))",
      ["in/a.npz, member l14_img.npy: expected elements", "'<i4'"])
    try refused(
      "np.savez('in/a.npz', l14_img=rows[0])",
      ["in/a.npz, member l14_img.npy: expected an array of shape (rows, dimensions), found (8,)"])
  }

  @Test func deflateBomb() throws {
    // Both sizes say less than the data become; the header of the array agrees with them.
    try refused(
      """
      import io, zipfile, zlib
      small = io.BytesIO(); np.save(small, rows)
      data = small.getvalue() + bytes(50_000_000)
      packer = zlib.compressobj(9, zlib.DEFLATED, -15)
      packed = packer.compress(data) + packer.flush()
      with zipfile.ZipFile('in/a.npz', 'w') as archive:
        info = zipfile.ZipInfo('l14_img.npy')
        archive.writestr(info, packed)
      raw = bytearray(open('in/a.npz', 'rb').read())
      import struct
      central = raw.index(b'PK\\x01\\x02')
      for place, method, size in [(0, 8, 22), (central, 10, 24)]:
        struct.pack_into('<H', raw, place + method, 8)
        struct.pack_into('<I', raw, place + size, len(small.getvalue()))
      open('in/a.npz', 'wb').write(raw)
      """, ["in/a.npz: member l14_img.npy: expected 1408 bytes, as the archive says, found more"])
  }

  @Test func damagedData() throws {
    for function in ["savez", "savez_compressed"] {
      try refused(
        "np.\(function)('in/a.npz', l14_img=rows)\n"
          + "data = bytearray(open('in/a.npz', 'rb').read()); data[700] ^= 16\n"
          + "open('in/a.npz', 'wb').write(data)", ["in/a.npz: member l14_img"])
    }
  }

  @Test func parquetWithoutTheColumn() throws {
    try refused(
      "parquet('in/a.parquet', id=list('abc'), vector=[1.0, 2.0, 3.0])",
      ["in/a.parquet: expected embeddings 'embeddings', found 'id', 'vector'"])
    try refused(
      "parquet('in/a.parquet', id=list('abc'), embeddings=['x', 'y', 'z'])",
      flags: ["--embedding", "embeddings"],
      ["in/a.parquet: expected lists of float32 or float64 numbers", "'embeddings'", "VARCHAR"])
    try refused(
      "parquet('in/a.parquet', id=['a'], embeddings=[[1.0, 2.0]])\n"
        + "parquet('in/b.parquet', id=['a'], other=[[1.0, 2.0]])",
      ["in/b.parquet: expected embeddings 'embeddings', found 'id', 'other'"])
    try refused("open('in/a.parquet', 'w').write('PAR1 and no more')", ["in/a.parquet: "])
    try refused(
      "parquet('in/a.parquet', id=['a'], embeddings=[[1.0, 2.0]])\n"
        + "os.truncate('in/a.parquet', 300)", ["in/a.parquet: "])
  }

  @Test func listsOfVaryingLength() throws {
    for (list, text) in [
      ("[1.0]", "row 2: expected 2 numbers in the column 'embeddings', found 1"),
      ("[1.0, 2.0, 3.0]", "row 2: expected 2 numbers in the column 'embeddings', found 3"),
      ("[]", "row 2: expected 2 numbers in the column 'embeddings', found 0"),
      ("None", "row 2: expected 2 numbers in the column 'embeddings', found none"),
      ("[1.0, None]", "row 2: expected 2 numbers in the column 'embeddings', found 1 missing"),
    ] {
      try refused(
        "parquet('in/a.parquet', embeddings=[[1.0, 2.0], [3.0, 4.0], \(list), [1.0, 2.0]])",
        ["in/a.parquet, \(text)"])
    }
    try refused(
      "parquet('in/a.parquet', embeddings=[None, [3.0, 4.0]])",
      ["in/a.parquet, row 0: expected numbers in the column 'embeddings', found none"])
    try refused(
      "parquet('in/a.parquet', embeddings=[[3.0, 4.0]])\n"
        + "parquet('in/b.parquet', embeddings=[[3.0, 4.0, 5.0]])",
      ["in/b.parquet: expected 2 dimensions, as in/a.parquet has, found 3"])
  }

  @Test func quotesAndNewlinesInPathsAndKeys() throws {
    let name = "it's a \\\"pool\\\"\\nof [x]*"
    try refused(
      """
      os.mkdir("\(name)")
      np.savez_compressed("\(name)/a'b.npz", l14_img=rows)
      parquet("\(name)/a'b.parquet", uid=['x\\ny\\'z'] * 40)
      """, of: "it's a \"pool\"\nof [x]*",
      ["a'b.parquet, row 1: expected unique keys, found 'x?y'z'", "--allow-duplicates"])
    let scratch = try TemporaryFolder()
    _ = try runPython(
      """
      import os, sys, numpy as np, pyarrow, pyarrow.parquet
      os.chdir(sys.argv[1])
      os.mkdir("\(name)")
      rows = np.random.default_rng(2).standard_normal((40, 8)).astype('f4')
      np.savez_compressed("\(name)/a'b.npz", l14_img=rows)
      pyarrow.parquet.write_table(
        pyarrow.table({'uid': [f"x\\ny'{i}" for i in range(40)]}), "\(name)/a'b.parquet")
      pyarrow.parquet.write_table(
        pyarrow.table({'id': [f"x\\ny'{i}" for i in range(40)], 'embeddings': list(rows)}),
        "\(name)/c'd.lists")
      """, [scratch.path])
    for input in ["it's a \"pool\"\nof [x]*", "it's a \"pool\"\nof [x]*/c'd.lists"] {
      try winnowSucceeds(
        "build", input, "-o", "out.winnow", "--clusters", "3", "--force", folder: scratch.path)
      try winnowSucceeds(
        "export", "out.winnow", "--keep", "3", "--format", "jsonl", "-o", "-", folder: scratch.path)
    }
  }

  @Test func filesWithoutAHeader() throws {
    try refused(
      "rows.tofile('in/a')", of: "in/a", flags: ["--shape", "41,8"],
      ["in/a: expected 1312 bytes for 41 rows of 8 float32 numbers, found 1280", "--shape"])
    try refused(
      "rows.tofile('in/a'); np.zeros(39, 'S24').tofile('in/keys')", of: "in/a",
      flags: ["--shape", "40,8", "--keys", "in/keys"],
      [
        "in/keys: expected 960 bytes (40 keys of 24, one per row of in/a), found 936",
        "--key-width",
      ])
  }

  @Test func assignments() throws {
    try refused(
      "np.save('in/a.npy', rows); np.save('c.npy', rows[:3]); np.save('l.npy', np.full(40, 3))",
      flags: ["--assignments", "l.npy", "--centroids", "c.npy"], ["l.npy, row 0: ", "found 3"])
  }

  @Test(arguments: [
    (["--shape", "5"], "--shape"), (["--layout", "webdataset"], "--layout"),
    (["--key-width", "0"], "--key-width"), (["--assignments", "x.npy"], "--assignments"),
  ])
  func wrongUsage(flags: [String], text: String) throws {
    let result = try winnow(["build", "x", "-o", "y", "--clusters", "3"] + flags)
    expectRefusal(result, exitCode: 2, [text])
  }
}
