//! The things that a plan undertakes.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::ACTION_ITEM_MUTATIONS;
pub use object::ActionItem;
pub use query::{ActionItemFilter, ActionItemListFilter, ActionItemOrder, ActionItemOrderField};
