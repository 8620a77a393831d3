//! What the register said at an earlier place of its log: of a batch, of a country, and of what a
//! cube counts.
//!
//! It is read from what stands today by going back over the events since (`former.rs`): each has
//! the values that it changed. There is no second store. What the log does not tell is not
//! restored, and `docs/ARCHITECTURE.md` says what that is. Who may not see a record today does not
//! see it at an earlier place either; and a draft was seen then by those alone who kept it.

mod batch;
mod country;
mod delegation;
mod former;
mod place;
mod read;
mod tables;

pub use batch::BatchSnapshot;
pub use country::CountrySnapshot;
pub use place::Place;
pub use tables::{MOST_EVENTS, TablesThen, is_restored, tables_then};
