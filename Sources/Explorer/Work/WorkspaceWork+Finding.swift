// Looking for rows on a real workspace.

import Pruning
import Workspace

extension WorkspaceWork {
  /// One part of a search: the keys, or so many bytes of captions.
  func find(_ question: FindQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    // A tenth of a second of reading, so that a part shows and stops soon.
    let bytes = 64 << 20
    guard progress(0) else { return .cancelled }
    do throws(WorkspaceError) {
      let whole = workspace.captionBytes
      guard let from = question.from else {
        let rows = try workspace.rows(withKey: question.text, most: question.most)
        return .found(
          FindPage(
            hits: try rows.map(found), next: whole > 0 ? 0 : nil, part: whole > 0 ? 0 : 1))
      }
      guard let pattern = TextPattern(question.text) else {
        return .found(FindPage(hits: [], next: nil, part: 1))
      }
      let (rows, next) = try workspace.rowsWithCaption(
        pattern, from: from, bytes: bytes, most: question.most, threads: threads)
      let part = next.map { Double($0) / Double(max(1, whole)) } ?? 1
      return .found(FindPage(hits: try rows.map(found), next: next, part: part))
    } catch { return .failed(error.description) }
  }

  private func found(_ row: Int) throws(WorkspaceError) -> FoundRow {
    // More than a line of it is never on the screen, but the match may be far behind.
    FoundRow(
      row: row, rowKey: String(try workspace.key(row).prefix(256)),
      caption: try workspace.caption(row).map { String($0.prefix(4096)) })
  }

  func places(_ question: PlacesQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      let places = try whereabouts(question.rows, question.order, question.seed, progress)
      return places.map { .placed($0) } ?? .cancelled
    } catch { return .failed(error.description) }
  }

  /// Where each of some rows is; nil when cancelled.
  private func whereabouts(
    _ rows: [Int], _ order: Order, _ seed: UInt64, _ progress: (Double) -> Bool
  ) throws(WorkspaceError) -> [Int: Whereabouts]? {
    guard
      let places = try workspace.places(
        of: rows, order: order, seed: seed, threads: threads, goesOn: progress)
    else { return nil }
    var found: [Int: Whereabouts] = [:]
    for row in rows {
      if let place = places[row] {
        found[row] = .at(RankedRow(cluster: place.cluster, rank: place.rank))
      } else {
        found[row] = .nowhere(try workspace.fate(of: row))
      }
    }
    return found
  }

  func seek(_ question: SeekQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      guard let row = try workspace.rows(withKey: question.rowKey, most: 1).first else {
        return .sought(nil)
      }
      guard let places = try whereabouts([row], question.order, question.seed, progress) else {
        return .cancelled
      }
      var hit = try found(row)
      hit.whereabouts = places[row] ?? .unknown
      return .sought(hit)
    } catch { return .failed(error.description) }
  }

  func search(_ question: SearchQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    guard let pattern = TextPattern(question.text) else { return .searched(nil) }
    // The part that is done is known to the state; zero would hide it.
    do throws(WorkspaceError) {
      return .searched(
        try workspace.rank(
          of: question.cluster, among: question.ranks, order: question.order, seed: question.seed,
          pattern: pattern, backwards: question.backwards, threads: threads,
          isCancelled: { false }))
    } catch { return .failed(error.description) }
  }
}
