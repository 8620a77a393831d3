//! What happened in the register: the public contract, and how the log is written.

mod cursor;
mod event;
mod history;

pub use cursor::LogCursor;
pub use event::{Event, EventKind};
pub use history::{HistoryEvent, history};
