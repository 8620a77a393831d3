//! Questions over many records.

pub mod attendance;
