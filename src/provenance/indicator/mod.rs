//! Sector statistics, and the values that sources state.

pub mod observation;
pub mod rules;
