//! What programmes, batches and workshops are about.

pub mod rules;
