// What Detail needs from outside: asked for once what is there does not fit any more. The cursor
// moves at once; its page follows, and of several that were asked for only the newest counts.

import Canvas
import Pruning

extension State {
  /// Asks for all that the screen lacks.
  mutating func requestPages() {
    settleShift()
    settleMap()
    requestItems()
    requestLog()
    requestPlaces()
    requestDetail()
    requestTurnover()
    requestLabels()
    requestNames()
  }

  private mutating func requestDetail() {
    guard let cluster = cursor, let region = detailRegion(size) else {
      ranks = nil
      return
    }
    if ranks?.fits(cluster, quotas) != true {
      ranks = ConceptRanks(of: cluster, fixedRanks, quotas)
    }
    guard !labelsWait, subject.scores.size[cluster] > 0 else { return }
    let layout = DetailLayout(region.inside, metadata: subject.metadata.count)
    let question = DetailQuestion(
      cluster: cluster, quota: quotas.quota[cluster], order: plan.order, seed: plan.selectionSeed,
      samples: plan.order.hasCutDistance ? layout.perGroup : layout.perHalf,
      bins: layout.bins(size: subject.scores.size[cluster]))
    if detail?.question != question, running[.detail]?.request != .detail(question) {
      start(.detail(question))
    }
    let near = Work.Request.neighbours(of: cluster, count: DetailLayout.neighboursAsked)
    if layout.neighbours > 0, neighbours[cluster] == nil, running[.neighbours]?.request != near {
      start(near)
    }
  }

  /// The neighbours that Detail shows, as concepts whose names are wanted.
  var shownNeighbours: [Int] {
    guard let cluster = cursor, let near = neighbours[cluster], let region = detailRegion(size)
    else { return [] }
    let layout = DetailLayout(region.inside, metadata: subject.metadata.count)
    return near.prefix(layout.neighbours).map(\.cluster)
  }
}
