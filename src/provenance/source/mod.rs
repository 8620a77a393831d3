//! Documents that state facts, and how one rests on another.

pub mod relation;
pub mod rules;
