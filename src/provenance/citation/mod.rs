//! Which sources document a record.

pub mod rules;
