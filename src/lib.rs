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

pub use jejaring_engine::{
    access, actor, clock, db, engine, error, events, graphql, mutation, phrase, record, request,
    rule, site, text, writing,
};

pub mod accounts;
pub mod analysis;
pub mod app;
pub mod cli;
pub mod commit;
pub mod config;
pub mod delivery;
pub mod doctor;
pub mod embedded;
pub mod eventlog;
pub mod exchange;
pub mod http;
pub mod known;
pub mod network;
pub mod pages;
pub mod people;
pub mod plans;
pub mod provenance;
pub mod reminders;
pub mod schema;
pub mod telemetry;
pub mod voiding;
pub mod webhooks;
pub mod website;
