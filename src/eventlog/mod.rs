//! The log of events as it is followed, and as the API shows it.

mod audit;
mod change;
pub mod feed;
mod filter;
mod history;
mod object;
mod query;
mod recent;
pub mod shown;
mod subscription;
mod tail;

pub use audit::{HistoryFilter, history};
pub use change::FieldChangeEvent;
pub use filter::{EventFilter, EventsFrom};
pub use history::{History, HistoryEvent};
pub use object::{BatchChangedPayload, DelegationChangedPayload, EventObject, EventsPayload};
pub use query::read;
pub use subscription::{Step, Subscription};
pub use tail::{Tail, TailMetrics};
