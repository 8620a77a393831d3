//! What happened in the register: the public contract, and the log as it is read.

mod audience;
mod choice;
mod cursor;
mod event;
pub mod log;

pub use audience::{GUESSES, Standing, Subject, Under, formerly, standings};
pub use choice::Choice;
pub use cursor::{LogCursor, NoCursor};
pub use event::{Event, EventKind};
