//! Bodies of any kind, with their names as at a date.

mod object;
mod query;

pub use object::Institution;
pub use query::{InstitutionFilter, InstitutionListFilter, InstitutionOrder, InstitutionOrderField};
