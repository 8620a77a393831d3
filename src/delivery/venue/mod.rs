//! Where something is held.

pub mod rules;
