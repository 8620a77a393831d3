//! People.

pub mod rules;
