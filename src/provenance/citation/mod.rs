//! Which source documents which record.

mod object;
mod query;

pub use object::Citation;
pub use query::{CitationFilter, CitationListFilter, CitationOrder, CitationOrderField};
