//! What an action item shows.

use entity::vocabulary::ActionItemStatus;
use entity::{citation, progress_note};

use super::ActionItemFilter;
use super::query::ActionItemOrder;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::plans::action_plan::ActionPlan;
use crate::plans::progress_note::ProgressNote;
use crate::provenance::citation::Citation;

object! {
    /// One thing that an action plan undertakes.
    ActionItem of action_item, chosen by ActionItemFilter, ordered by ActionItemOrder {
        /// The plan that it belongs to.
        one plan: ActionPlan by action_plan_id;

        /// What came of it.
        list notes: ProgressNote => Edge::by(progress_note::Column::ActionItemId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Its place within the plan: 1, 2 …
        column position: i32;
        /// What is undertaken.
        column title: &str;
        /// Where it stands.
        column status: ActionItemStatus;
        /// The day by which it is to be done; null where none is set.
        column due_on: Option<Date>;
    } {}
}
