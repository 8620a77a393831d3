//! Search over everything that has a name or a text of its own, in whatever language it is written.
//!
//! A record is found where each word of the search is the beginning of one of its words; both are
//! folded ([`fold`](crate::text::fold)). Folding is ours, and so is what parts words: the databases
//! are told words, not texts, and find the same.

mod hit;
mod index;
mod query;
mod sought;

pub use hit::{SearchHit, SearchMatch};
pub use index::{differing, make_anew, rebuild_where_empty};
pub(crate) use index::{index, note};
pub use query::search;
