//! Questions over many records.

pub mod attendance;
pub mod search;
