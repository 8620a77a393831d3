//! What delegations undertake, and what a batch was for.

pub mod action_plan;
pub mod outcome;
