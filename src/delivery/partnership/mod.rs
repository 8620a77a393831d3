//! The roles of institutions and groups in programmes, batches and workshops.

pub mod rules;
