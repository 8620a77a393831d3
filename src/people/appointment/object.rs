//! What it shows.

use super::AppointmentFilter;
use crate::graphql::object::object;

object! {
    /// Posts that people hold for a time.
    Appointment of appointment, chosen by AppointmentFilter {
    } {
    }
}
