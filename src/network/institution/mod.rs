//! Bodies of every kind, with their names, identifiers and the bodies above them.

mod ancestors;
pub mod rules;
