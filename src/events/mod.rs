//! What happened in the register: the public contract, how the log is read and followed, and how the API shows it.

mod audience;
mod change;
mod choice;
mod cursor;
mod event;
pub mod feed;
mod filter;
mod history;
pub mod log;
mod object;
mod query;
mod recent;
mod subscription;
mod tail;

pub use audience::{GUESSES, Standing, Subject, Under, formerly, standings};
pub use change::FieldChangeEvent;
pub use choice::Choice;
pub use cursor::{LogCursor, NoCursor};
pub use event::{Event, EventKind};
pub use filter::{EventFilter, EventsFrom};
pub use history::{HistoryEvent, history};
pub use object::{BatchChangedPayload, DelegationChangedPayload, EventObject, EventsPayload};
pub use query::read;
pub use subscription::{Step, Subscription};
pub use tail::{Figures, Tail};
