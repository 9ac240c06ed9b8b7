import Foundations

/// How fine clusters are shared among coarse ones.  A row's fine cluster is the nearest of its coarse
/// cluster's.
package struct FineLevels: Sendable {
  /// Where each coarse cluster's fine ones begin, and the end of the last.
  package let offsets: [Int]

  /// Coarse clusters of so many fine ones.
  package static func coarseClusters(_ fine: Int) -> Int {
    var root = Int(Double(fine).squareRoot())
    while root * root < fine { root += 1 }
    return root
  }

  /// In proportion to the rows, at least one where there are any: the largest remainders are rounded
  /// up, ties the lower number.  Where that makes too many, the largest numbers become smaller.
  ///
  /// - Parameters:
  ///   - sizes: rows of each coarse cluster, `fine` in all or more; no more of them have rows.
  package init(sizes: [Int], fine: Int) {
    let total = sizes.reduce(0, +)
    precondition(fine <= total)
    let shares = sizes.map { size in
      total.dividingFullWidth(size.multipliedFullWidth(by: fine))
    }
    var counts = zip(sizes, shares).map { $0 == 0 ? 0 : max(1, $1.quotient) }
    var missing = fine - counts.reduce(0, +)
    // Those that were given one at least have got more than their share.
    let order = shares.indices.filter { counts[$0] == shares[$0].quotient }.sorted {
      shares[$0].remainder != shares[$1].remainder
        ? shares[$0].remainder > shares[$1].remainder : $0 < $1
    }
    for cluster in order.prefix(max(0, missing)) {
      counts[cluster] += 1
      missing -= 1
    }
    while missing < 0 {
      let most = counts.max()!
      counts[counts.firstIndex(of: most)!] -= 1
      missing += 1
    }
    offsets = counts.reduce(into: [0]) { $0.append($0.last! + $1) }
  }

  /// For the clusters of an assignment.
  init(coarse runs: [String], fine: Int) throws(WinnowError) {
    var sizes = [Int](repeating: 0, count: Self.coarseClusters(fine))
    for path in runs {
      let ends = try AssignedRun(path).offsets(sizes.indices)
      for cluster in sizes.indices { sizes[cluster] += Int(ends[cluster + 1] - ends[cluster]) }
    }
    self.init(sizes: sizes, fine: fine)
  }

  var coarse: Int { offsets.count - 1 }
  var fine: Int { offsets[coarse] }

  func count(_ cluster: Int) -> Int { offsets[cluster + 1] - offsets[cluster] }
}

extension AssignedRun {
  /// The rows of a cluster, as the data set numbers them.
  func rows(of cluster: Int) throws(WinnowError) -> [Int] {
    try rows(try places(of: cluster)).map { firstRow + Int($0) }
  }
}
