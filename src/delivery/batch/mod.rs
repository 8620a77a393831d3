//! Batches: the runs of a programme.

mod attendance;
mod object;
mod query;
pub mod rules;

pub use object::{Batch, phase};
pub use query::{BatchFilter, BatchListFilter, BatchOrder, BatchOrderField};
