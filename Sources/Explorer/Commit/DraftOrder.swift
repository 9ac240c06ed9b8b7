// Drafts: a plan that is stored without committing it, and taken away again.

import Pruning

/// Store a plan as the draft, in place of what is there; nil takes the draft away.
public struct DraftOrder: Request {
  package let plan: Plan?

  /// Whether it is as was asked.
  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Bool? {
    if let plan { try work.plans.saveDraft(plan) } else { try work.plans.removeDraft() }
    return true
  }

  public func receive(_ answer: Bool, _ state: inout State) {
    state.draft = plan
    if plan == nil { state.say("the draft is deleted") } else { state.isFinished = true }
  }
}
