//! Which source documents which record.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::CitationMutations;
pub use object::Citation;
pub use query::{CitationFilter, CitationListFilter, CitationOrder, CitationOrderField};
