// Filtering the table. Each term has a set of the concepts that it lets through, which is made anew
// only when what it asks about has changed: a key that turns the plan looks at the plan's terms, a
// key typed into the filter at the term that it changed.

import Canvas
import Pruning

/// The filter of the table, and what each of its terms lets through.
struct FilterState: Sendable {
  var filter = Filter.none
  /// One a term.
  var passed: [RowSet] = []
}

extension State {
  /// Applies a filter; the cursor stays on `wanted`, or its concept, where that is shown.
  ///
  /// - Returns: false, and nothing changed, when a pattern is too complex.
  /// - Complexity: O(k) for each term that is new, and O(bytes of the names) for words.
  @discardableResult
  mutating func apply(_ filter: Filter, cursor wanted: Int? = nil) -> Bool {
    var known: [String: RowSet] = [:]
    for (term, set) in zip(table.filter.filter.terms, table.filter.passed) {
      known[term.source] = set
    }
    var passed: [RowSet] = []
    for term in filter.terms {
      guard let set = known[term.source] ?? concepts(passing: term) else {
        warn("\(term.source): the pattern is too complex; try a simpler one")
        return false
      }
      passed.append(set)
    }
    table.filter = FilterState(filter: filter, passed: passed)
    if let wanted { table.cursor = wanted }
    arrangeTable()
    return true
  }

  /// Looks again at the terms that depend on what has changed; whether there were any.
  mutating func refilter(_ change: FilterTerm.Dependence) -> Bool {
    var isChanged = false
    for (index, term) in table.filter.filter.terms.enumerated() where term.dependence == change {
      isChanged = true
      if let set = concepts(passing: term) { table.filter.passed[index] = set }
    }
    return isChanged
  }

  /// The concepts that the filter shows; nil for all.
  var filtered: RowSet? {
    guard var set = table.filter.passed.first else { return nil }
    for other in table.filter.passed.dropFirst() { set.intersect(other) }
    return set
  }

  /// What a term lets through; nil when it would take too long to say.
  private func concepts(passing term: FilterTerm) -> RowSet? {
    let count = subject.clusters
    var set = RowSet(rows: count)
    switch term.test {
    case .name(let pattern, let digits):
      if let names {
        guard pattern.occurrences(in: names.folded, names.foldedBounds, found: { set.insert($0) })
        else { return nil }
      }
      if let digits {
        for concept in 0..<count where digits.occur(in: concept) { set.insert(concept) }
      }
    case .compare(let column, let comparison, let bound):
      let values = column.values(self)
      set = RowSet(rows: count) { comparison.holds(values[$0], bound) }
    case .status(let status): set = concepts(status)
    }
    return term.isNegated ? set.complement : set
  }

  private func concepts(_ status: FilterTerm.Status) -> RowSet {
    let count = subject.clusters
    let size = subject.scores.size
    let quota = quotas.quota
    func overridden(_ isWanted: (Override) -> Bool) -> RowSet {
      var set = RowSet(rows: count)
      for override in plan.overrides where isWanted(override) { set.insert(override.cluster) }
      return set
    }
    switch status {
    case .marked: return marks
    case .saturated: return RowSet(rows: count) { size[$0] > 0 && quota[$0] == size[$0] }
    case .changed: return RowSet(rows: count) { change(of: $0) != 0 }
    case .dropped: return overridden { $0.action == .drop }
    case .overridden: return overridden { _ in true }
    case .noted: return overridden { $0.note != nil }
    case .empty: return RowSet(rows: count) { size[$0] == 0 }
    }
  }

  mutating func openFilter() {
    let (before, cursor) = (table.filter.filter, cursor)
    overlay = .prompt(
      Prompt(
        label: "filter /", text: before.text, longest: 200, hint: { $0.filterHint($1) },
        edited: { $0.filterAsTyped($1, cursor: cursor) },
        closed: {
          $0.apply(before, cursor: cursor)
          $0.overlay = nil
        },
        accepted: { state, text in
          do throws(FilterError) {
            _ = try Filter(parsing: text, state.subject)
            state.overlay = nil
          } catch { state.warn(visible(error.text)) }
        }))
  }

  /// Applies what is typed; a text that cannot be read leaves the last filter that could.
  mutating func filterAsTyped(_ text: String, cursor: Int?) {
    guard let filter = try? Filter(parsing: text, subject), filter != table.filter.filter else {
      return
    }
    apply(filter, cursor: cursor)
  }

  mutating func clearFilter() {
    apply(.none)
    say("all \(thousands(subject.clusters)) concepts shown")
  }

  func filterHint(_ text: String) -> (text: String, role: Role) {
    do throws(FilterError) {
      let filter = try Filter(parsing: text, subject)
      guard !filter.isEmpty else {
        return ("words /pattern/ size>1e5 keep<10% marked saturated changed; ! not", .dim)
      }
      let shown = thousands(table.order.count)
      let all = thousands(subject.clusters)
      if filter.terms.contains(where: { $0.dependence == .names }), names == nil {
        return ("\(shown) of \(all), names are still being read", .warning)
      }
      return ("\(shown) of \(all)", table.order.isEmpty ? .warning : .kept)
    } catch { return (error.text, .warning) }
  }
}
