//! The things that a plan undertakes.

mod object;
mod query;
pub mod rules;

pub use object::ActionItem;
pub use query::{ActionItemFilter, ActionItemListFilter, ActionItemOrder, ActionItemOrderField};
