//! Activities of a batch.

mod object;
mod query;

pub use object::Workshop;
pub use query::{WorkshopFilter, WorkshopListFilter, WorkshopOrder, WorkshopOrderField};
