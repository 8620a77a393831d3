//! Documents that state facts.

mod mutation;
mod object;
mod query;
pub mod relation;
pub mod rules;

pub use mutation::SOURCE_MUTATIONS;
pub(crate) use mutation::{NewSourceInput, document, source_for_claims};
pub use object::{Source, SourceRelation};
pub use query::{SourceFilter, SourceListFilter, SourceOrder, SourceOrderField};
