// Keys that several rows have: an error in a DataComp pool, counted where that is allowed.

import Build
import BuildSupport
import Synchronization
import Tasks
import TestSupport
import Testing
import Workspace

@Suite(
  .enabled(if: testPython() != nil, "WINNOW_TEST_PYTHON names no Python with numpy and pyarrow"))
struct DuplicateKeyTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.shard("a", clumpedRows(40, dimensions: 5))
    _ = try runPython(
      """
      import os, sys, numpy as np
      os.chdir(sys.argv[1])
      os.mkdir('pool'), os.makedirs('clip/img_emb'), os.makedirs('clip/metadata')
      rows = np.load('a.npy')
      uids = [f'{i:032x}' for i in range(40)]
      uids[25] = uids[3]; uids[39] = uids[3]; uids[31] = uids[30]
      for number, part in enumerate([slice(0, 20), slice(20, 40)]):
        np.savez(f'pool/{number}.npz', l14_img=rows[part])
        np.save(f'clip/img_emb/img_emb_{number}.npy', rows[part])
        for name in [f'pool/{number}.csv', f'clip/metadata/metadata_{number}.csv']:
          open(name, 'w').write('\\n'.join(['uid'] + uids[part]) + '\\n')
      """, [folder.path])
  }

  @Test func anErrorThatNamesBothPlaces() throws {
    let text = refusal { try folder.build([folder("pool")]) }
    #expect(
      text?.hasPrefix(
        "\(folder("pool/1.csv")), row 5: expected unique keys, found "
          + "'00000000000000000000000000000003', which is also in \(folder("pool/0.csv")), row 3 "
          + "(3 rows have the same key as an earlier row); remove the rows, or keep and count them "
          + "with --allow-duplicates") == true, "\(text ?? "no error")")
    // The same command with the flag continues.
    let workspace = try folder.build([folder("pool")]) { $0.allowDuplicates = true }
    #expect(workspace.description.columns.duplicateKeys == 3)
    #expect(try workspace.verify() == [])
  }

  @Test func countedInOtherInputs() throws {
    let told = Mutex<[String]>([])
    let workspace = try folder.build(
      [folder("clip")],
      observer: BuildObserver(message: { text in told.withLock { $0.append(text) } }))
    #expect(workspace.description.columns.duplicateKeys == 3)
    #expect(told.withLock { $0 }.contains("keys: 3 rows have the same key as an earlier row"))
  }
}
