//! What a batch was for, and what came of it.

pub mod rules;
