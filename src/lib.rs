//! Jejaring: a register of capacity-building programmes, served over GraphQL.
//!
//! Knowledge runs one way: `http → graphql objects → rules → entity → events`; `docs/ARCHITECTURE.md` draws the house.

pub mod access;
pub mod clock;
pub mod db;
pub mod error;
pub mod events;
pub mod provenance;
pub mod record;
