import Pruning

/// A row of a list with what is known of it.
struct ListRecord {
  struct Place {
    let concept: Int
    let distance: Float
    /// Its place among the concept's rows; 0 is the farthest.
    let rank: Int
  }

  let row: Int
  let key: String
  /// Nil for a row that is no candidate, which no concept has.
  let place: Place?

  var json: String { line(place.map { "\($0.distance)" }) }

  /// The same with the distance as the float64 of its value, which no reader rounds twice.
  var widenedJSON: String { line(place.map { "\(Double($0.distance))" }) }

  private func line(_ distance: String?) -> String {
    let start = "{\"row\":\(row),\"key\":\(jsonQuoted(key))"
    guard let place, let distance else {
      return start + ",\"concept\":null,\"distance\":null,\"rank\":null}\n"
    }
    return start
      + ",\"concept\":\(place.concept),\"distance\":\(distance),\"rank\":\(place.rank)}\n"
  }

  /// A line of comma-separated values; empty fields for what is not known.
  var csv: String {
    let start = "\(row),\(CSVManifest.quoted(key))"
    guard let place else { return start + ",,,\n" }
    return start + ",\(place.concept),\(place.distance),\(place.rank)\n"
  }
}
