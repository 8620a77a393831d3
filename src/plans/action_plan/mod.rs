//! What delegations undertake to do at home.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ACTION_PLAN_MUTATIONS;
pub use object::{ActionPlan, is_overdue};
pub use query::{ActionPlanFilter, ActionPlanListFilter, ActionPlanOrder, ActionPlanOrderField};
