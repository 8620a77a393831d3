//! Groups of countries: organisations and treaties.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::REGIONAL_GROUP_MUTATIONS;
pub use object::RegionalGroup;
pub use query::{
    RegionalGroupFilter, RegionalGroupListFilter, RegionalGroupOrder, RegionalGroupOrderField,
};
