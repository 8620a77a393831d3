//! Findings: what pure rules have to say of the facts of a batch, of names, and of people and institutions.

pub mod found;
pub mod rules;
