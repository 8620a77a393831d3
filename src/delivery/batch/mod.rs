//! Batches: the runs of a programme.

mod attendance;
mod mutation;
mod object;
mod query;
pub mod rules;
mod status;

pub use mutation::BATCH_MUTATIONS;
pub use object::{Batch, phase};
pub(in crate::delivery) use query::overlapping;
pub use query::{BatchFilter, BatchListFilter, BatchOrder, BatchOrderField};
