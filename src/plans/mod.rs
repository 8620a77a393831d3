//! What delegations undertake at home, and what a batch was for.

pub mod action_item;
pub mod action_plan;
pub mod outcome;
pub mod progress_note;
