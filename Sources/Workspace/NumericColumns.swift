// columns/ of an open workspace.

import Foundations
import Storage

/// The columns of numbers of the metadata, summed up for each concept; any thread may read them.
public final class NumericColumns: Sendable {
  /// As the metadata calls them: foreign text, each name once.
  public let names: [String]
  private let folder: String
  private let sizes: [Int]
  private let counts: MappedArray<UInt64>
  private let means: MappedArray<Double>
  private let quantiles: MappedArray<Double>

  /// - Complexity: O(columns): headers and lengths.
  init(folder: String, names: [String], sizes: [Int]) throws(WinnowError) {
    self.folder = folder
    self.names = names
    self.sizes = sizes
    let shape = [names.count, sizes.count]
    counts = try MappedArray(folder + "/count.npy", type: .uint64, shape: shape)
    means = try MappedArray(folder + "/mean.npy", type: .float64, shape: shape)
    quantiles = try MappedArray(
      folder + "/quantiles.npy", type: .float64, shape: shape + [ValueSummary.fractions.count])
  }

  /// The mean of a concept's values; NaN where it has none.
  ///
  /// - Throws: ``WinnowError`` when it is no such mean.
  public func mean(_ column: Int, _ cluster: Int) throws(WinnowError) -> Double {
    let place = place(column, cluster)
    let mean = means[place]
    guard mean.isFinite || (mean.isNaN && counts[place] == 0) else {
      throw damaged("mean.npy", place, "\(mean), expected a number")
    }
    return mean
  }

  /// The names with the means of all concepts, of the first columns.
  ///
  /// - Complexity: O(columns * k)
  public func allMeans(
    most: Int = .max
  ) throws(WinnowError) -> [(name: String, mean: [Double])] {
    var found: [(name: String, mean: [Double])] = []
    for (column, name) in names.prefix(most).enumerated() {
      let means = try sizes.indices.map { (cluster) throws(WinnowError) in
        try mean(column, cluster)
      }
      found.append((name, means))
    }
    return found
  }

  /// All that is known of a concept's values.
  ///
  /// - Throws: ``WinnowError`` when there are more values than rows, or the numbers fit no values.
  public func summary(_ column: Int, _ cluster: Int) throws(WinnowError) -> ValueSummary {
    let place = place(column, cluster)
    let count = counts[place]
    guard count <= UInt64(sizes[cluster]) else {
      throw damaged("count.npy", place, "\(count), expected at most \(sizes[cluster])")
    }
    let mean = try mean(column, cluster)
    let width = ValueSummary.fractions.count
    let values = (0..<width).map { quantiles[place * width + $0] }
    let isSound =
      count == 0
      ? mean.isNaN && values.allSatisfy(\.isNaN)
      : mean.isFinite && values.allSatisfy(\.isFinite)
        && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
    guard isSound else {
      throw damaged(
        "quantiles.npy", place, "\(values), expected \(count == 0 ? "NaN" : "ascending numbers")")
    }
    return ValueSummary(count: Int(count), mean: mean, quantiles: values)
  }

  private func place(_ column: Int, _ cluster: Int) -> Int {
    precondition(names.indices.contains(column) && sizes.indices.contains(cluster))
    return column * sizes.count + cluster
  }

  private func damaged(_ name: String, _ place: Int, _ fault: String) -> WinnowError {
    let (column, cluster) = place.quotientAndRemainder(dividingBy: sizes.count)
    return Foundations.damaged(
      "\(folder)/\(name)", "element (\(column), \(cluster)) is \(fault)")
  }
}

extension OpenWorkspace {
  /// - Throws: ``WinnowError`` naming the file that is missing, damaged or of another shape.
  static func openNumeric(
    _ path: String, _ description: WorkspaceDescription, sizes: [Int]
  ) throws(WinnowError) -> NumericColumns? {
    guard let names = description.columns.numeric else { return nil }
    guard !names.isEmpty, Set(names.map { Array($0.utf8) }).count == names.count else {
      throw damaged(path + "/workspace.json", "expected names in columns.numeric, each once")
    }
    return try NumericColumns(folder: path + "/columns", names: names, sizes: sizes)
  }

  /// The columns of numbers against the rows, and the similarities against their values.
  func checkNumeric() throws(WinnowError) -> [String] {
    guard let numeric else { return [] }
    var faults: [String] = []
    for (column, name) in numeric.names.enumerated() {
      for cluster in 0..<clusters {
        let found = try numeric.summary(column, cluster)
        // Of all values these alone are still there.
        guard name == description.columns.similarity else { continue }
        var values: [Double] = []
        for position in offset(cluster)..<offset(cluster + 1) {
          if let value = try similarity(row(at: position)) { values.append(Double(value)) }
        }
        let expected = ValueSummary(values)
        if found.count != expected.count || (found.count > 0 && found != expected) {
          faults.append("\(path)/columns: '\(name)' of cluster \(cluster) is not that of its rows")
          if faults.count >= 20 { return faults }
        }
      }
    }
    return faults
  }
}
