//! What delegations undertake to do at home, item by item, and what came of it.

pub mod item;
pub mod note;
pub mod rules;
