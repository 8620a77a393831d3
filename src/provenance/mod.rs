//! Who states what, what is accepted of it, and where statements disagree.

pub mod claim;
pub mod finding;

#[cfg(test)]
pub(crate) mod fixtures;
