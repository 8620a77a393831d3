//! Countries and economies, with their names.

pub mod rules;
