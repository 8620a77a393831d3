//! Roles in programmes, batches and workshops.

mod object;
mod query;
pub mod rules;

pub use object::{Partnership, PartnershipHolder, PartnershipSubject};
pub use query::{PartnershipFilter, PartnershipListFilter, PartnershipOrder, PartnershipOrderField};
