//! What delegations undertake to do at home.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ActionPlanMutations;
pub use object::{ActionPlan, is_overdue};
pub use query::{ActionPlanFilter, ActionPlanListFilter, ActionPlanOrder, ActionPlanOrderField};
