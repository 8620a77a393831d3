//! Activities of a batch.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::WORKSHOP_MUTATIONS;
pub use object::Workshop;
pub use query::{WorkshopFilter, WorkshopListFilter, WorkshopOrder, WorkshopOrderField};
