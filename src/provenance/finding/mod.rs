//! Findings: what pure rules have to say of the facts of a batch, of names, and of people and
//! institutions.

mod explanation;
pub mod found;
mod message;
mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::FINDING_MUTATIONS;
pub use object::Finding;
pub(crate) use query::contradicted;
pub use query::{
    FindingFilter, FindingListFilter, FindingOrder, FindingOrderField, SeverityFilter,
};
