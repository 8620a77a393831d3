//! The parties of countries and institutions at batches.

pub mod rules;
