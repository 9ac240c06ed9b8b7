// Plans from files that people have edited: everything that is not exactly a plan is refused with
// the field's name, what it should be and what it is.

extension Plan {
  private static let fields = [
    "format", "clustering", "target", "keep", "temperature", "strategy", "order", "minimum",
    "share", "selection-seed", "overrides",
  ]

  /// Reads a plan for the concepts `scores`, whose centroids have the SHA-256 `clustering`.
  ///
  /// `format` and one of `target` and `keep` must be there; the other fields have the defaults of
  /// `Plan`. `keep` becomes a target. The result is bound to `clustering` and valid for `scores`;
  /// whether its target is feasible is the solver's to say.
  ///
  /// - Parameter field: the field of a larger JSON object that is the plan, if not all of it is.
  /// - Throws: `PlanError.invalid` for anything else, also for overrides without a clustering or
  ///   with another one.
  /// - Complexity: O(bytes + overrides^2).
  public static func read(
    json: [UInt8], field: String? = nil, scores: ConceptScores, clustering: String
  ) throws(PlanError) -> Plan {
    var value = try JSONReader.read(json)
    if let field {
      guard case .object(let fields) = value,
        let plan = fields.first(where: { $0.name == field })?.value
      else {
        throw .invalid(field: field, text: "\(field): expected an object with a plan, found none")
      }
      value = plan
    }
    let object = try JSONFields("plan", value, fields)
    let format: Int? = try object.integer("format")
    guard let format else { throw object.missing("format", "the number 1") }
    if format != 1 {
      throw object.wrong(
        "format", "1", "\(format)", "; a newer plan needs a newer version of winnow")
    }
    var plan = Plan(target: try target(object, scores), clustering: clustering)
    plan.temperature = try object.double("temperature") ?? plan.temperature
    plan.strategy = try object.choice("strategy") ?? plan.strategy
    plan.order = try object.choice("order") ?? plan.order
    plan.minimum = try object.integer("minimum") ?? plan.minimum
    plan.share = try object.double("share") ?? plan.share
    plan.selectionSeed = try object.integer("selection-seed") ?? plan.selectionSeed
    let bound = try object.text("clustering")
    let overrides = try object.array("overrides") ?? []
    if !overrides.isEmpty && bound != clustering {
      throw object.wrong(
        "clustering", "\(clustering), because the overrides name clusters by number",
        bound ?? "none", "; use a plan made for this workspace, or remove its overrides")
    }
    for (index, element) in overrides.enumerated() {
      let override = try readOverride(element, "overrides[\(index)]")
      if plan.override(of: override.cluster) != nil {
        throw .invalid(
          field: "overrides[\(index)]",
          text: "overrides[\(index)]: expected one override per cluster, found cluster "
            + "\(override.cluster) again; merge the two")
      }
      plan.setOverride(override)
    }
    try plan.validate(scores)
    return plan
  }

  private static func target(
    _ object: JSONFields, _ scores: ConceptScores
  ) throws(PlanError) -> Int {
    let target: Int? = try object.integer("target")
    let keep = try object.decimal("keep")
    switch (target, keep) {
    case (let target?, nil): return target
    case (nil, let keep?):
      if keep > .one {
        throw object.wrong("keep", "a fraction from 0 to 1", "\(keep)", "; use target for a count")
      }
      return keep.floor(times: scores.candidates)
    case (nil, nil): throw object.missing("target", "a number of rows, or keep, a fraction")
    case (_?, _?):
      throw object.wrong("target", "either target or keep", "both", "; remove one of them")
    }
  }

  private static func readOverride(
    _ value: JSONValue, _ place: String
  ) throws(PlanError) -> Override {
    let actions = ["drop", "keep", "count", "weight"]
    let object = try JSONFields(place, value, ["cluster"] + actions + ["note"])
    let cluster: Int? = try object.integer("cluster")
    guard let cluster else { throw object.missing("cluster", "a cluster number") }
    let given = actions.filter { object.has($0) }
    guard given.count == 1 else {
      throw .invalid(
        field: place,
        text: "\(place): expected one of drop, keep, count and weight, found "
          + (given.isEmpty ? "none" : given.joined(separator: " and ")))
    }
    let action: Override.Action
    if let fraction = try object.decimal("keep") {
      action = .keep(fraction)
    } else if let count: Int = try object.integer("count") {
      action = .count(count)
    } else if let weight = try object.double("weight") {
      action = .weight(weight)
    } else {
      try object.requireTrue("drop")
      action = .drop
    }
    return Override(cluster: cluster, action: action, note: try object.text("note"))
  }
}
