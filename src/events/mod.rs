//! What happened in the register: the public contract, and how the log is written.

mod event;

pub use event::{Event, EventKind};
