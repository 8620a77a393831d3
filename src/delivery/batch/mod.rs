//! Runs of programmes.

pub mod rules;
