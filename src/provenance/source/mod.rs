//! Documents that state facts.

pub mod rules;
