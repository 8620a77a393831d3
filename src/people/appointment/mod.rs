//! Posts that people hold for a time.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::APPOINTMENT_MUTATIONS;
pub use object::Appointment;
pub use query::{
    AppointmentFilter, AppointmentListFilter, AppointmentOrder, AppointmentOrderField,
};
