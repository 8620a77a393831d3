//! Roles in programmes, batches and workshops.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::PARTNERSHIP_MUTATIONS;
pub use object::Partnership;
pub use query::{
    PartnershipFilter, PartnershipListFilter, PartnershipOrder, PartnershipOrderField,
};
