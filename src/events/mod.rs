//! What happened in the register: the public contract, and how the log is written.

mod cursor;
mod event;

pub use cursor::LogCursor;
pub use event::{Event, EventKind};
