//! What an action plan shows.

use chrono::NaiveDate;
use entity::vocabulary::ActionPlanStatus;
use entity::{action_item, action_plan, citation, finding};

use super::ActionPlanFilter;
use super::query::ActionPlanOrder;
use crate::delivery::delegation::Delegation;
use crate::engine::Computed;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::plans::action_item::ActionItem;
use crate::provenance::citation::Citation;
use crate::provenance::finding::Finding;

/// Whether a plan is past its due date on `today` and still to be carried out.
pub fn is_overdue(plan: &action_plan::Model, today: NaiveDate) -> bool {
    use ActionPlanStatus::{Abandoned, Completed};
    plan.due_on.is_some_and(|due| due < today) && !matches!(plan.status, Completed | Abandoned)
}

object! {
    /// What a delegation that attended undertakes, or is expected to undertake, at home.
    ActionPlan of action_plan, chosen by ActionPlanFilter, ordered by ActionPlanOrder {
        /// Whose plan it is.
        one delegation: Delegation by delegation_id;

        /// The single things that it undertakes.
        list items: ActionItem => Edge::by(action_item::Column::ActionPlanId);

        /// The disagreements and gaps about it.
        list findings: Finding => Edge::by(finding::Column::SubjectId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Where it stands.
        column status: ActionPlanStatus;
        /// Its title; null where it has none, or is not handed in yet.
        column title: Option<&str>;
        /// The day by which it is to be carried out; null where none is set.
        column due_on: Option<Date>;
        /// The day on which it was handed in; null where it was not, or the day is not known.
        column submitted_on: Option<Date>;

        /// Whether its due date lies before today (UTC) while it is neither completed nor
        /// abandoned. A plan without a due date is never overdue.
        computed is_overdue: bool = Computed::of(&["due_on", "status"], |made| {
            Ok(is_overdue(&made.row::<action_plan::Entity>()?, made.today()).into())
        });
    } {}
}
