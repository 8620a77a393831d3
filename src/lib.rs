//! Jejaring.

pub mod provenance;
