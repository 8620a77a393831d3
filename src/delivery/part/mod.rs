//! Parts of a batch: on site and virtual, in two cities, in two periods.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::BATCH_PART_MUTATIONS;
pub use object::BatchPart;
pub use query::{BatchPartFilter, BatchPartListFilter, BatchPartOrder, BatchPartOrderField};
