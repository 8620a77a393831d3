//! Activities of a batch.

mod object;
mod query;
pub mod rules;

pub use object::Workshop;
pub use query::{WorkshopFilter, WorkshopListFilter, WorkshopOrder, WorkshopOrderField};
