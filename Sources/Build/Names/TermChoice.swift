import Foundations
import TextSearch
import Workspace

// Which terms name a concept: class-based TF-IDF (Grootendorst, BERTopic, arXiv 2203.05794) in a
// form that was chosen by measurement, Tests/Peers/names_check.py.
//
// A term's frequency p is the part of the concept's captions that have it, q that of the sampled
// captions.  Its weight is p (p / q)^(1/16): frequency decides, and among terms of like frequency
// the one that is rarer elsewhere.  The published form p log(1 + 1 / q) prefers rare words so much
// that another caption of the concept seldom has them.  Roots, because they are rounded correctly on
// every processor, which a logarithm is not.
//
// The terms are taken one after the other, and captions that have a term already count half for the
// next: three words for three sides of a concept say more than three for the same one.

/// Chooses the terms of one concept at a time; buffers serve many concepts.
package struct TermChoice {
  /// Terms kept.
  package static let most = ConceptNames.mostTerms
  /// Terms shown.
  package static let shown = 3
  /// A term is at least so many times as frequent in the concept as everywhere, or, where the
  /// concept is a large part of everything, the root of what is possible.
  private static let leastLift = 3.0
  /// A more frequent term serves only where there are not enough others...
  private static let largestShare = 0.1
  /// The best terms by weight, among which the choice is made.
  private static let candidates = 64

  private struct Occurrence {
    var hash: UInt64
    /// 128 times the number of the text, and the term's place in it.
    var place: UInt32
  }

  private struct Candidate {
    var term = CaptionTerm(words: [], isJoined: false)
    /// The places in the sorted occurrences.
    var range: Range<Int>
    var count: Int
    var root: Double
    var weight: Double
    var first: UInt32
    /// Too frequent everywhere to tell concepts apart.
    var isCommon: Bool
    var isOut = false
  }

  private var words = CaptionWords()
  private var occurrences: [Occurrence] = []

  package init() {}

  /// The terms that name a concept, the best first; none when no term stands out.
  ///
  /// - Parameters:
  ///   - texts: captions of the concept's rows, the nearest first; blank ones count as none.
  ///   - share: the concept's part of all rows, above 0, to 1: a term may be in as many captions,
  ///     even where that is more than a tenth.
  ///   - background: frequencies in all sampled captions.
  /// - Complexity: O(t log t) in the terms t of the texts.
  package mutating func choose(
    _ texts: [String], share: Double, background: TermFrequencies
  ) -> [Term] {
    let (counted, candidates) = gather(texts, share, background)
    var left = candidates
    var halves = [Double](repeating: 1, count: texts.count)
    var chosen: [Term] = []
    while chosen.count < Self.most {
      var best = best(in: left, areCommon: false, halves, counted)
      if best == nil, chosen.count < Self.shown {
        best = self.best(in: left, areCommon: true, halves, counted)
      }
      guard let best else { break }
      let place = phrase(around: best, in: left) ?? best
      let term = left[place]
      chosen.append(Term(text: term.term.text, weight: value(term, halves, counted)))
      for number in textNumbers(term) { halves[number] /= 2 }
      // No word twice: "new york" says "york" as well.
      for other in left.indices
      where left[other].term.words.contains(where: term.term.words.contains) {
        left[other].isOut = true
      }
    }
    return chosen
  }

  /// The place of the term of largest value, the first of equal ones.
  private func best(
    in candidates: [Candidate], areCommon: Bool, _ halves: [Double], _ counted: Int
  ) -> Int? {
    var best: (place: Int, value: Double)?
    for place in candidates.indices
    where !candidates[place].isOut && candidates[place].isCommon == areCommon {
      let value = self.value(candidates[place], halves, counted)
      if value > (best?.value ?? 0) { best = (place, value) }
    }
    return best?.place
  }

  /// Sums of powers of two: exact in any order.
  private func value(_ candidate: Candidate, _ halves: [Double], _ counted: Int) -> Double {
    textNumbers(candidate).reduce(0) { $0 + halves[$1] } / Double(counted) * candidate.root
  }

  /// The numbers of the texts that have the term, each once, ascending.
  private func textNumbers(_ candidate: Candidate) -> [Int] {
    var numbers: [Int] = []
    for occurrence in occurrences[candidate.range] {
      let number = Int(occurrence.place >> 7)
      if numbers.last != number { numbers.append(number) }
    }
    return numbers
  }

  /// The two words that a single word nearly always is a part of; both must stand out, so that
  /// "york" becomes "new york" and "symbols" does not become "and symbols".
  private func phrase(around place: Int, in candidates: [Candidate]) -> Int? {
    let word = candidates[place]
    guard word.term.words.count == 1 else { return nil }
    var best: Int?
    for other in candidates.indices {
      let phrase = candidates[other]
      guard !phrase.isOut, phrase.isCommon == word.isCommon, phrase.term.words.count == 2,
        phrase.term.words.contains(word.term.words[0]), phrase.count * 5 >= word.count * 4,
        phrase.count > best.map({ candidates[$0].count }) ?? 0,
        phrase.term.words.allSatisfy({ part in candidates.contains { $0.term.words == [part] } })
      else { continue }
      best = other
    }
    return best
  }

  /// The terms of largest weight, and how many texts have any words.
  private mutating func gather(
    _ texts: [String], _ share: Double, _ background: TermFrequencies
  ) -> (counted: Int, [Candidate]) {
    precondition(texts.count < 1 << 24)
    occurrences.removeAll(keepingCapacity: true)
    var counted = 0
    for (number, text) in texts.enumerated() {
      words.scan(text)
      if !isBlank(text) { counted += 1 }
      words.forEachTerm { hash, place in
        occurrences.append(Occurrence(hash: hash, place: UInt32(number << 7 | place)))
      }
    }
    guard background.texts > 0 else { return (counted, []) }
    occurrences.sort { ($0.hash, $0.place) < ($1.hash, $1.place) }
    let limit = max(Self.largestShare, share)
    let leastLift = min(Self.leastLift, (1 / share).squareRoot())
    var found: [Candidate] = []
    var begin = 0
    while begin < occurrences.count {
      var (end, count) = (begin + 1, 1)
      while end < occurrences.count && occurrences[end].hash == occurrences[begin].hash {
        if occurrences[end].place >> 7 != occurrences[end - 1].place >> 7 { count += 1 }
        end += 1
      }
      let range = begin..<end
      begin = end
      // What only one caption says is not what they have in common.
      guard count >= min(2, counted) else { continue }
      let frequency = Double(count) / Double(counted)
      let everywhere =
        Double(background.count(occurrences[range.lowerBound].hash)) / Double(background.texts)
      let lift = frequency / everywhere
      guard lift >= leastLift else { continue }
      let root = lift.squareRoot().squareRoot().squareRoot().squareRoot()
      found.append(
        Candidate(
          range: range, count: count, root: root, weight: frequency * root,
          first: occurrences[range.lowerBound].place, isCommon: everywhere > limit))
    }
    found.sort { a, b in
      if a.isCommon != b.isCommon { return b.isCommon }
      return a.weight != b.weight ? a.weight > b.weight : a.first < b.first
    }
    found = Array(found.prefix(Self.candidates))
    for place in found.indices {
      words.scan(texts[Int(found[place].first >> 7)])
      found[place].term = words.term(at: Int(found[place].first & 127))
    }
    return (counted, found)
  }
}

/// Nothing but blanks.
package func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

/// In how many captions of the background each term occurs, by its hash.
///
/// Terms of one caption only are left out: they are most of the table and say no more than that a
/// term is rare.
package struct TermFrequencies: Sendable {
  /// Texts that were counted, without the blank ones.
  package let texts: Int
  private let hashes: [UInt64]
  private let counts: [UInt32]

  /// - Parameters:
  ///   - occurrences: the hash of each term once for each text that has it, in any order.
  /// - Complexity: O(n log n).
  package init(texts: Int, occurrences: consuming [UInt64]) {
    self.texts = texts
    var sorted = occurrences
    sorted.sort()
    var (hashes, counts): ([UInt64], [UInt32]) = ([], [])
    var place = 0
    while place < sorted.count {
      var end = place + 1
      while end < sorted.count && sorted[end] == sorted[place] { end += 1 }
      if end - place > 1 {
        hashes.append(sorted[place])
        counts.append(UInt32(end - place))
      }
      place = end
    }
    (self.hashes, self.counts) = (hashes, counts)
  }

  /// In how many texts the term is: 1 stands for none, too.
  ///
  /// - Complexity: O(log n).
  package func count(_ hash: UInt64) -> Int {
    let low = firstPlace(in: hashes.indices) { hashes[$0] >= hash }
    return low < hashes.count && hashes[low] == hash ? Int(counts[low]) : 1
  }
}
