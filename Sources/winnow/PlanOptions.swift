import ArgumentParser
import Pruning
import Workspace

/// The flags that define a plan: a plan file, or its fields.
struct PlanOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "How much to keep: a fraction (0.277), a percentage (27.7%) or a count (84000000).")
  var keep: String?

  @Option(
    parsing: .unconditional,
    help: "Temperature of the softmax over complexities (default: 0.1).")
  var tau: Double?

  @Option(
    help: "Quotas by: complexity, uniform, proportional, d-inter, d-intra (default: complexity).",
    completion: .list(Strategy.allCases.map(\.rawValue)))
  var strategy: String?

  @Option(
    help: "Rows to keep: hardest, easiest, random, similarity or stratified (default: hardest).",
    completion: .list(Order.allCases.map(\.rawValue)))
  var order: String?

  @Option(parsing: .unconditional, help: "Minimum number of rows to keep per concept (default: 1).")
  var minimum: Int?

  @Option(
    parsing: .unconditional,
    help: "Minimum to keep per concept, as a fraction of an even split (default: 0).")
  var share: Double?

  @Option(parsing: .unconditional, help: "Seed for --order random (default: 1).")
  var selectionSeed: UInt64?

  @Option(
    help: "A plan file, or the header (.winnow.json) of a keep list, instead of these flags.",
    completion: .file(extensions: ["json"]))
  var plan: String?

  func validate() throws {
    if plan != nil && (keep != nil || changesPlan) {
      throw ValidationError(
        "--plan: the plan file already sets these; remove the other flags, or --plan")
    }
    if let keep { _ = try Self.usage { () throws(PlanError) in try Keep(parsing: keep) } }
    _ = try choice("--strategy", strategy, Strategy.complexity)
    _ = try choice("--order", order, Order.hardest)
    // No workspace accepts these values, so they are wrong usage.
    var plan = Plan(target: 0)
    plan.temperature = tau ?? plan.temperature
    plan.minimum = minimum ?? plan.minimum
    plan.share = share ?? plan.share
    let nothing = ConceptScores(size: [], dIntra: [], dInter: [], complexity: [])
    try Self.usage { () throws(PlanError) in try plan.validate(nothing) }
  }

  var changesPlan: Bool {
    tau != nil || strategy != nil || order != nil || minimum != nil || share != nil
      || selectionSeed != nil
  }

  var decidesTarget: Bool { keep != nil || plan != nil }

  /// Refuses flags without a target.
  func requireTarget() throws {
    if decidesTarget { return }
    throw ValidationError(
      "--keep: expected an amount to keep, such as --keep 27.7%, or --plan")
  }

  private static func usage<R>(_ body: () throws(PlanError) -> R) throws -> R {
    do throws(PlanError) { return try body() } catch {
      // The plan calls its field `temperature`, and the flag is --tau.
      let text = "\(error)"
      throw ValidationError(
        text.hasPrefix("temperature:") ? "--tau" + text.dropFirst("temperature".count) : "--" + text
      )
    }
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ flag: String, _ text: String?, _ usual: Choice
  ) throws -> Choice where Choice.RawValue == String {
    guard let text else { return usual }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(flag): expected one of \(names), found '\(text)'")
    }
    return choice
  }

  /// The plan defined by the flags; without a target, that of the opening plan.
  func resolve(_ workspace: OpenWorkspace) throws -> Plan {
    if let path = plan { return try workspace.readPlan(path) }
    var plan = try openingPlan(workspace.scores)
    plan.clustering = workspace.clustering
    plan.temperature = tau ?? plan.temperature
    plan.strategy = try choice("--strategy", strategy, plan.strategy)
    plan.order = try choice("--order", order, plan.order)
    plan.minimum = minimum ?? plan.minimum
    plan.share = share ?? plan.share
    plan.selectionSeed = selectionSeed ?? plan.selectionSeed
    if let keep {
      plan.target = try Keep(parsing: keep).target(candidates: workspace.candidates)
    } else {
      let feasible = QuotaSolver(scores: workspace.scores).feasibleTargets(plan)
      plan.target = min(max(plan.target, feasible.lowerBound), feasible.upperBound)
    }
    return plan
  }
}
