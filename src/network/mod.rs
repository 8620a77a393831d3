//! Who takes part: countries and the groups they belong to, institutions, and the programmes they keep.

pub mod country;
pub mod institution;
pub mod programme;
pub mod regional_group;
