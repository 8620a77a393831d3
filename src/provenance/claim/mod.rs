//! What sources state about batches and delegations.

mod property;
pub mod rules;
