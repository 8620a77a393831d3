//! Which source documents which record.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::CITATION_MUTATIONS;
pub use object::Citation;
pub use query::{CitationFilter, CitationListFilter, CitationOrder, CitationOrderField};
