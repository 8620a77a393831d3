//! The posts that people hold.

pub mod rules;
