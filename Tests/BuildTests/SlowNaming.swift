// The choice of terms as docs/method.md words it, with dictionaries of strings.

import Build
import BuildSupport
import TextSearch
import Workspace

struct SlowNaming {
  var terms: [Term] = []

  init(_ own: [String], of all: [String]) {
    let counted = own.filter { !isBlank($0) }.count
    let texts = all.filter { !isBlank($0) }.count
    let sets = own.map { Set(CaptionWords.terms(of: $0)) }
    let everywhere = all.map { Set(CaptionWords.terms(of: $0)) }
    let order = own.flatMap { CaptionWords.terms(of: $0) }
    let share = Double(own.count) / Double(all.count)
    var candidates: [(term: String, weight: Double, root: Double, count: Int, common: Bool)] = []
    for (place, term) in order.enumerated() where order.firstIndex(of: term) == place {
      let count = sets.filter { $0.contains(term) }.count
      guard count >= min(2, counted) else { continue }
      let p = Double(count) / Double(counted)
      let q = Double(max(1, everywhere.filter { $0.contains(term) }.count)) / Double(texts)
      guard p / q >= min(3, (1 / share).squareRoot()) else { continue }
      let root = (p / q).squareRoot().squareRoot().squareRoot().squareRoot()
      candidates.append((term, p * root, root, count, q > max(0.1, share)))
    }
    // Sorting is stable: of equal weights the one that is there first.
    candidates.sort { $0.weight > $1.weight }
    let ranked = candidates.filter { !$0.common } + candidates.filter(\.common)
    var left = Array(ranked.prefix(64))
    var chosen: [String] = []
    func value(_ term: String, _ root: Double) -> Double {
      var sum = 0.0
      for set in sets where set.contains(term) {
        var half = 1.0
        for other in chosen where set.contains(other) { half /= 2 }
        sum += half
      }
      return sum / Double(counted) * root
    }
    while terms.count < 10 {
      var pool = left.filter { !$0.common }
      if pool.isEmpty && terms.count < 3 { pool = left }
      guard var best = pool.first else { break }
      for other in pool where value(other.term, other.root) > value(best.term, best.root) {
        best = other
      }
      if !best.term.contains(" ") {
        let phrases = pool.filter {
          $0.term.contains(" ") && $0.term.split(separator: " ").contains { $0 == best.term }
            && $0.count * 5 >= best.count * 4
            && $0.term.split(separator: " ").allSatisfy { word in
              ranked.prefix(64).contains { $0.term == word }
            }
        }
        let most = phrases.map(\.count).max() ?? 0
        best = phrases.first { $0.count == most } ?? best
      }
      terms.append(Term(text: best.term, weight: value(best.term, best.root)))
      chosen.append(best.term)
      let words = best.term.split(separator: " ")
      left.removeAll { $0.term.split(separator: " ").contains(where: words.contains) }
    }
  }
}
