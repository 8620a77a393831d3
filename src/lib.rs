//! Jejaring: a register of capacity-building programmes, served over GraphQL.
//!
//! Knowledge runs one way: `http → graphql objects → rules → entity → events`;
//! `docs/ARCHITECTURE.md` draws the house.

// Filters contain one another in long chains, which the compiler follows when it proves them
// `Send`.
#![recursion_limit = "512"]

use mimalloc::MiMalloc;

/// A request makes thousands of small things on one thread that are freed on another:
/// docs/PERFORMANCE.md has what this one is worth.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

pub mod access;
pub mod accounts;
pub mod actor;
pub mod analysis;
pub mod app;
pub mod cli;
pub mod clock;
pub mod commit;
pub mod config;
pub mod db;
pub mod delivery;
pub mod embedded;
pub mod engine;
pub mod error;
pub mod eventlog;
pub mod events;
pub mod exchange;
pub mod graphql;
pub mod http;
pub mod mutation;
pub mod network;
pub mod pages;
pub mod people;
pub mod phrase;
pub mod plans;
pub mod provenance;
pub mod record;
pub mod request;
pub mod rule;
pub mod schema;
pub mod site;
pub mod telemetry;
pub mod text;
pub mod webhooks;
pub mod writing;
