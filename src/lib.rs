//! Jejaring.

pub mod exchange;
pub mod text;
