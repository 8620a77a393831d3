//! What delegations undertake to do at home.

mod object;
mod query;
pub mod rules;

pub use object::{ActionPlan, is_overdue};
pub use query::{ActionPlanFilter, ActionPlanListFilter, ActionPlanOrder, ActionPlanOrderField};
