//! What is undertaken, and what comes of it.

vocabulary! {
    /// Where an action plan stands.
    ActionPlanStatus {
        /// Asked of the delegation.
        Expected,
        /// Handed in.
        Submitted,
        /// Being carried out.
        InProgress,
        /// Carried out.
        Completed,
        /// Given up.
        Abandoned,
    }

    /// Where an action item stands.
    ActionItemStatus {
        /// Not begun.
        Planned,
        /// Begun.
        InProgress,
        /// Done.
        Completed,
        /// Given up.
        Abandoned,
    }

    /// What an outcome is to its batch.
    OutcomeKind {
        /// What was hoped for.
        Aim,
        /// What came about.
        Result,
        /// What was done afterwards.
        FollowUp,
    }
}
