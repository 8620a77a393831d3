//! What people do at batches and workshops.

pub mod rules;
