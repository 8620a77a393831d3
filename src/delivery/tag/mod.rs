//! Entries of international classifications that programmes and topics fall under.

mod mutation;
mod object;
mod query;
pub mod rules;
mod vocabulary;

pub use mutation::TAG_MUTATIONS;
pub use object::Tag;
pub use query::{TagFilter, TagListFilter, TagOrder, TagOrderField};
pub use vocabulary::title;
