//! What it shows.

use super::ActionPlanFilter;
use crate::graphql::object::object;

object! {
    /// What delegations undertake to do at home.
    ActionPlan of action_plan, chosen by ActionPlanFilter {
    } {
    }
}
