// What Detail remembers and needs from outside: asked for once what is there does not fit any more.
// The cursor moves at once; its page follows, and of several that were asked for only the newest
// counts.

import Canvas
import Pruning

/// What is known of the cursor's concept beyond its scores.
struct DetailState: Sendable {
  /// What was last read; it may be of another concept, or of an earlier plan.
  var page: DetailPage?
  /// Concepts near a concept, nearest first, as far as they were asked for.
  var neighbours: [Int: [Neighbour]] = [:]
  /// Where the cursor's concept stands among the others, while Detail is on the screen.
  var ranks: ConceptRanks?
  var isPaneClosed = false
}

extension State {
  /// The regions of Concepts and the Map: what they show, and the detail beside or below it where
  /// there is room. They share a border.
  func conceptsRegions(_ body: Region) -> (table: Region, detail: Region?) {
    guard !detail.isPaneClosed else { return (body, nil) }
    if body.width >= 110 {
      let width = min(76, max(48, body.width * 5 / 12))
      return (
        Region(x: body.x, y: body.y, width: body.width - width + 1, height: body.height),
        Region(x: body.x + body.width - width, y: body.y, width: width, height: body.height)
      )
    }
    guard body.height >= 32 else { return (body, nil) }
    let height = 17
    return (
      Region(x: body.x, y: body.y, width: body.width, height: body.height - height + 1),
      Region(x: body.x, y: body.y + body.height - height, width: body.width, height: height)
    )
  }

  /// Whether the screen is large enough for the detail beside or below the table.
  var hasRoomForPane: Bool {
    var open = self
    open.detail.isPaneClosed = false
    return open.conceptsRegions(body).detail != nil
  }

  mutating func turnPane() {
    detail.isPaneClosed.toggle()
    showCursor()
  }

  /// The region of Detail on the screen, borders included; nil when it is not there.
  private var detailRegion: Region? {
    let screen = shownScreen
    return screen.fits(size) ? screen.detailRegion(self, body) : nil
  }

  mutating func requestDetail() {
    guard let cluster = cursor, let region = detailRegion else {
      detail.ranks = nil
      return
    }
    let known = detail
    if known.ranks?.fits(cluster, quotas) != true {
      detail.ranks = ConceptRanks(of: cluster, fixedRanks, quotas)
    }
    guard !pagesWait, subject.scores.size[cluster] > 0 else { return }
    let layout = DetailLayout(region.inside, metadata: subject.metadata.count)
    let question = DetailQuestion(
      cluster: cluster, quota: quotas.quota[cluster], order: plan.order, seed: plan.selectionSeed,
      samples: plan.order.hasCutDistance ? layout.perGroup : layout.perHalf,
      bins: layout.bins(size: subject.scores.size[cluster]))
    if known.page?.question != question, running(DetailQuestion.self) != question {
      start(question)
    }
    let near = NeighboursQuestion(cluster: cluster, count: DetailLayout.neighboursAsked)
    if layout.neighbours > 0, known.neighbours[cluster] == nil,
      running(NeighboursQuestion.self) != near
    {
      start(near)
    }
  }

  /// The neighbours that Detail shows, as concepts whose names are wanted.
  var shownNeighbours: [Int] {
    guard let cluster = cursor, let region = detailRegion,
      let near = detail.neighbours[cluster]
    else { return [] }
    let layout = DetailLayout(region.inside, metadata: subject.metadata.count)
    return near.prefix(layout.neighbours).map(\.cluster)
  }
}
