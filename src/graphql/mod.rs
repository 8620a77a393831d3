//! The machinery of the API. It knows no record, but for the list in `node.rs`.

pub mod ahead;
pub mod connection;
pub mod context;
pub mod edge;
pub mod engine;
pub mod entries;
pub mod error;
pub mod filter;
pub mod groups;
pub mod language;
pub mod list;
pub mod listing;
pub mod loader;
pub mod lookup;
pub mod mutation;
pub mod node;
pub mod order;
pub mod page;
pub mod scalars;
pub mod service_config;
pub mod together;
