//! Where an account is reminded by mail of what is due: an address that its owner has chosen and
//! whoever reads its mail has confirmed. `src/reminders/mail` sends.

mod counts;
mod mutation;
mod object;
pub mod rules;

pub use counts::{MailCounts, MailOutcome};
pub use mutation::REMINDER_MUTATIONS;
pub use object::ReminderMail;
