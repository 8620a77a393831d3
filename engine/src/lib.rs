//! What the register is read and written with: the database, who may see which rows, requests, the
//! engine of reads, what all mutations have in common.
//!
//! It knows tables, not what their records mean: the fields of a record in the API, its rules and
//! its mutations stand in the crate above, which declares them to this one.
//! `docs/ARCHITECTURE.md` draws both.

// Filters contain one another in long chains, which the compiler follows when it proves them
// `Send`.
#![recursion_limit = "512"]

pub mod access;
pub mod actor;
pub mod clock;
pub mod db;
pub mod engine;
pub mod error;
pub mod events;
pub mod graphql;
pub mod mutation;
pub mod phrase;
pub mod record;
pub mod request;
pub mod rule;
pub mod site;
pub mod text;
pub mod writing;
