//! Which source documents which record.

mod object;
mod query;
pub mod rules;

pub use object::Citation;
pub use query::{CitationFilter, CitationListFilter, CitationOrder, CitationOrderField};
