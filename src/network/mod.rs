//! Who works together: countries and their groups, institutions, programmes.

pub mod country;
mod entry;
pub mod institution;
pub mod membership;
pub mod programme;
pub mod regional_group;
