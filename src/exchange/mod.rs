//! Data in and out.

pub mod package;
