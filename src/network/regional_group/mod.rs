//! Groups of countries: organisations and treaties.

mod object;
mod query;
pub mod rules;

pub use object::RegionalGroup;
pub use query::{RegionalGroupFilter, RegionalGroupListFilter, RegionalGroupOrder, RegionalGroupOrderField};
