//! The machinery of the API. It knows no record.

pub mod context;
pub mod edge;
pub mod error;
pub mod filter;
pub mod groups;
pub mod input;
pub mod language;
pub mod library;
pub mod list;
pub mod listing;
pub mod loader;
pub mod names;
pub mod node;
pub mod order;
pub mod page;
pub mod scalars;
pub mod service_config;
