//! Groups of countries, and who belonged to them when.

pub mod membership;
pub mod rules;
