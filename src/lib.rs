//! Jejaring: a register of capacity-building programmes, served over GraphQL.
//!
//! Knowledge runs one way: `http → graphql objects → rules → entity → events`; `docs/ARCHITECTURE.md` draws the house.

pub mod access;
pub mod clock;
pub mod db;
pub mod delivery;
pub mod error;
pub mod events;
pub mod exchange;
pub mod network;
pub mod people;
pub mod plans;
pub mod provenance;
pub mod record;
pub mod rule;
pub mod text;
