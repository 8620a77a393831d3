//! Bodies of any kind, with their names as at a date.

mod ancestors;
mod identifier;
mod involved;
mod merge;
mod mutation;
mod name;
mod object;
mod query;
pub mod rules;

pub use identifier::{InstitutionIdentifier, InstitutionIdentifierFilter};
pub use mutation::INSTITUTION_MUTATIONS;
pub use name::{InstitutionName, name_on};
pub(crate) use object::names_of;
pub use object::{Institution, present_name};
pub use query::{
    InstitutionFilter, InstitutionListFilter, InstitutionOrder, InstitutionOrderField,
};
