//! The activities of batches.

pub mod rules;
