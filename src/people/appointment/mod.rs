//! Posts that people hold for a time.

mod object;
mod query;
pub mod rules;

pub use object::Appointment;
pub use query::{AppointmentFilter, AppointmentListFilter, AppointmentOrder, AppointmentOrderField};
