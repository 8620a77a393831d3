//! Questions over many records.

pub mod attendance;
pub mod cube;
pub mod search;
